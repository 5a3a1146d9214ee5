import assert from "node:assert/strict";
import { test } from "node:test";
import { outbox } from "../src/plans/outbox";
import type { Outbox } from "../src/plans/outbox";
import { dice } from "./city";

interface Answer {
  version: number;
}

class Older extends Error {}

/** A draft that several paint: places and who painted them last. It refuses what was made on an older version. */
class Draft {
  version = 1;
  readonly held: string[] = Array.from({ length: 6 }, () => "");
  readonly strokes: string[] = [];

  async paint(version: number, place: number, who: string): Promise<Answer> {
    await new Promise((resolve) => setImmediate(resolve));
    if (version !== this.version) throw new Older();
    this.held[place] = who;
    this.strokes.push(who);
    this.version += 1;
    return { version: this.version };
  }
}

class Planner {
  seen: string[];
  healed = 0;
  failed: unknown[] = [];
  readonly box: Outbox<Answer>;

  constructor(readonly draft: Draft) {
    this.seen = [...draft.held];
    this.box = outbox<Answer, Older>(draft.version, {
      conflict: (error) => (error instanceof Older ? error : null),
      reload: async () => {
        this.seen = [...draft.held];
        return draft.version;
      },
      healed: () => (this.healed += 1),
      failed: (error) => this.failed.push(error),
      idle: () => undefined,
    });
  }

  paint(place: number, who: string): void {
    const put = () => (this.seen[place] = who);
    put();
    this.box.add({ send: (version) => this.draft.paint(version, place, who), again: put });
  }
}

test("of two who paint one draft neither loses a stroke", async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const [draft, roll] = [new Draft(), dice(seed)];
    const planners = [new Planner(draft), new Planner(draft)];
    for (let turn = 0; turn < 12; turn += 1) {
      planners[roll(2)]!.paint(roll(6), `${turn}`);
      if (roll(3) === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(planners.map(({ box }) => box.settled()));
    assert.deepEqual([...draft.strokes].sort((a, b) => Number(a) - Number(b)), Array.from({ length: 12 }, (_, turn) => `${turn}`));
  }
});

test("who was told of a conflict sees the draft as it is, with his own strokes on it", async () => {
  const draft = new Draft();
  const [one, other] = [new Planner(draft), new Planner(draft)];
  one.paint(0, "one");
  await one.box.settled();
  other.paint(1, "other");
  other.paint(2, "other");
  await other.box.settled();
  assert.deepEqual([other.seen, other.healed, other.failed], [["one", "other", "other", "", "", ""], 1, []]);
  assert.deepEqual(other.seen, draft.held);
});

test("what cannot be made again is let go, and what follows it is sent", async () => {
  const draft = new Draft();
  const [one, other] = [new Planner(draft), new Planner(draft)];
  one.paint(0, "one");
  await one.box.settled();
  other.box.add({ send: (version) => draft.paint(version, 5, "undo") });
  other.paint(1, "other");
  await other.box.settled();
  assert.deepEqual(draft.strokes, ["one", "other"]);
});

test("after a failure everything is as the draft has it", async () => {
  const draft = new Draft();
  const one = new Planner(draft);
  one.box.add({ send: () => Promise.reject(new Error("no network")) });
  one.paint(3, "one");
  await one.box.settled();
  assert.equal(one.failed.length, 1);
  assert.deepEqual(one.seen, draft.held);
  one.paint(3, "one");
  await one.box.settled();
  assert.equal(draft.held[3], "one");
});
