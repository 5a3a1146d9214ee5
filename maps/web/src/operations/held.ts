// The open cases that the page holds, kept current by the stream of changes.
import type { Change, Live } from "../live/client";
import type { Held } from "./queue";
import { one, OPEN, openCases } from "./service";
import type { Case } from "./service";

const PAUSE_MS = 120;
const MOST_SINGLE = 6;
const FRESH_MS = 8_000;
// What the stream does not tell of a case's place.
const NOWHERE = { area: null, street: null, block: null, road: null, segment: null, seq: null, side: null, chainage_m: null, offset_m: null };

export const held: Held = { cases: new Map(), chosen: "", loading: true, fresh: new Set() };
const codes = new Map<number, string>();

/** Take a case as it is now; one that is over leaves the queue. */
export function put(next: Case): void {
  const known = held.cases.get(next.code);
  if (known && known.version > next.version) return;
  if (OPEN.includes(next.status)) held.cases.set(next.code, next);
  else held.cases.delete(next.code);
  codes.set(next.id, next.code);
}

export async function reload(): Promise<void> {
  const found = await openCases();
  held.loading = false;
  held.cases.clear();
  codes.clear();
  found.forEach(put);
}

interface Told {
  changed: (codes: Set<string>) => void;
  arrived: (one: Case) => void;
  reload: () => void;
}

export function follow(live: Live, told: Told): void {
  const asked = new Set<string>();
  let timer = 0;
  const ask = async () => {
    timer = 0;
    const wanted = [...asked];
    asked.clear();
    if (wanted.length > MOST_SINGLE) return told.reload();
    await Promise.all(wanted.map(async (code) => put(await one(code)))).then(
      () => told.changed(new Set()), () => told.reload());
  };
  const take = (change: Change): string | null => {
    const code = String(change.feature?.["code"] ?? codes.get(change.id!) ?? "");
    if (!code) return null;
    const known = held.cases.get(code);
    if (change.op === "delete" || !change.feature) {
      held.cases.delete(code);
      codes.delete(change.id!);
      return code;
    }
    const next = merge(known, change, code);
    if (OPEN.includes(next.status)) {
      held.cases.set(code, next);
      codes.set(next.id, code);
      if (!known) arrive(next, told);
    } else {
      held.cases.delete(code);
      codes.delete(next.id);
    }
    if (next.open) asked.add(code);
    return code;
  };
  live.listen({
    changes: (changes) => {
      const mine = changes.filter(({ layer }) => layer === "incidents");
      if (mine.length === 0) return;
      if (mine.some(({ id }) => id === undefined)) return told.reload();
      told.changed(new Set(mine.map(take).filter((code) => code !== null)));
      // What the stream does not tell (time limit, what can be done) is asked for after.
      if (asked.size && !timer) timer = window.setTimeout(() => void ask(), PAUSE_MS);
    },
    reset: told.reload,
  });
}

function arrive(next: Case, told: Told): void {
  if (next.code === held.chosen) return;
  held.fresh.add(next.code);
  window.setTimeout(() => held.fresh.delete(next.code), FRESH_MS);
  told.arrived(next);
}

/** What is known of a case with what the stream says of it. */
function merge(known: Case | undefined, { id, lon, lat, feature }: Change, code: string): Case {
  const said = feature!;
  const text = (name: string) => (said[name] as string | null | undefined) ?? null;
  const reported = said["reported_at"] ?? said["reported"];
  const fresh: Case = {
    id: id!, code, class: text("class") ?? "", subclass: text("subclass"), description: null, address: text("address"), source: null,
    status: text("status") ?? "reported", open: Boolean(said["open"]), late: false,
    reported_at: new Date(typeof reported === "number" ? reported * 1000 : Date.now()).toISOString(),
    due_at: null, handled_at: null, closed_at: null, ...NOWHERE, lon: lon!, lat: lat!, version: 0, actions: [],
  };
  if (!known) return fresh;
  return { ...known, class: fresh.class, subclass: fresh.subclass, address: fresh.address, status: fresh.status, open: fresh.open, lon: fresh.lon, lat: fresh.lat };
}
