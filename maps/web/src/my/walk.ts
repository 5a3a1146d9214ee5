// A patrol on the phone: begun, walked, ended, with or without a network. Every fix is kept before it counts.
import { joined, lengthOf } from "./ground";
import type { Ground, Stretch } from "./ground";
import { makeItem, newKey, renew, send } from "./outbox";
import * as store from "./store";
import type { Fix, Patrol } from "./store";
import type { Rules, Strip } from "./service";

// Closer together fixes say more of how they err than of the walk.
const EVERY_MS = 4_000;
const PART = 6;
const FLUSH_MS = 20_000;
const FORGOTTEN_MS = 3_600_000;

export class Walk {
  patrol: Patrol | null = null;
  private before: Fix | null = null;
  private pending = 0;
  private busy: Promise<void> = Promise.resolve();

  constructor(private readonly changed: () => void) {
    document.addEventListener("visibilitychange", () => document.hidden && void this.flush());
    window.setInterval(() => void this.flush(), FLUSH_MS);
  }

  /** Goes on with the patrol that was under way when the page was left; ends one of another chief or day. */
  async resume({ chief, rules }: Strip): Promise<void> {
    this.patrol = (await store.patrol()) ?? null;
    this.pending = 1;
    await this.flush();
    this.before = this.patrol?.last ?? null;
    if (this.patrol && (this.patrol.chief !== chief.code || this.isOver(Date.now(), rules))) await this.end();
  }

  /** Begins one, however often the button is tapped. */
  begin(chief: string): Promise<void> {
    return this.inTurn(async () => {
      if (this.patrol) return;
      const key = newKey();
      const begun_at = Date.now();
      const patrol = { key, chief, begun_at, last: null, passed: [] };
      await store.begin(patrol, makeItem("begin", "/api/patrols", { key, chief, begun_at: new Date(begun_at).toISOString() }, ""));
      this.before = null;
      this.pending = 0;
      this.patrol = patrol;
      this.changed();
      await renew();
      void send();
    });
  }

  /** Takes a fix, if it is exact enough and not too soon after the last. */
  fix(fix: Fix, ground: Ground, { rules }: Strip): Promise<void> {
    return this.inTurn(async () => {
      const { patrol, before } = this;
      if (patrol && this.isOver(fix.at, rules)) return this.endNow();
      if (!patrol || fix.accuracy_m > rules.accurate_m || (before && fix.at - before.at < EVERY_MS)) return;
      const more = before ? ground.passed(before, fix) : [];
      const after = { ...patrol, passed: joined([...patrol.passed, ...more]) };
      await store.record(fix, after);
      this.patrol = after;
      this.before = fix;
      this.pending += 1;
      if (this.pending >= PART) await this.putUp(null);
      this.changed();
    });
  }

  flush(): Promise<void> {
    return this.inTurn(() => this.putUp(null));
  }

  end(): Promise<void> {
    return this.inTurn(() => this.endNow());
  }

  /** It ends now; one that was forgotten, with its last fix. */
  private async endNow(): Promise<void> {
    const { patrol, before } = this;
    if (!patrol) return;
    const forgotten = Date.now() - (before?.at ?? patrol.begun_at) > FORGOTTEN_MS;
    const at = forgotten ? (before?.at ?? patrol.begun_at) : Date.now();
    await this.putUp(makeItem("end", `/api/patrols/${patrol.key}/end`, { ended_at: new Date(at).toISOString() }, ""));
    this.patrol = null;
    this.before = null;
    this.changed();
  }

  private isOver(at: number, { longest_s }: Rules): boolean {
    return at - this.patrol!.begun_at > longest_s * 1000;
  }

  /** What the service has counted of the patrol under way. */
  counted(key: string, passed: Stretch[]): Promise<void> {
    return this.inTurn(async () => {
      if (this.patrol?.key !== key) return;
      this.patrol = { ...this.patrol, passed: joined([...this.patrol.passed, ...passed]) };
      this.changed();
    });
  }

  get metres(): number {
    return lengthOf(this.patrol?.passed ?? []);
  }

  private async putUp(end: store.Item | null): Promise<void> {
    if (!this.patrol || (!this.pending && !end)) return;
    const { key } = this.patrol;
    const make = (fixes: Fix[]) => makeItem("fixes", `/api/patrols/${key}/fixes`, {
      fixes: fixes.map(({ lon, lat, at, accuracy_m }) => ({ lon, lat, at: new Date(at).toISOString(), accuracy_m })),
    }, "");
    this.patrol = await store.flush(this.patrol, make, end);
    this.pending = 0;
    await renew();
    void send();
  }

  /** One thing after the other, so that no fix is put up twice or forgotten. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    this.busy = this.busy.then(work, work);
    return this.busy;
  }
}
