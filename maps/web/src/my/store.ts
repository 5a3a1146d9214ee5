// What the phone keeps: the last strip, what waits to be sent, and the patrol under way. Nothing that was
// entered is in memory only: each step is in the database of the browser before the page says so.
import type { Strip } from "./service";
import type { Stretch } from "./ground";

export interface Fix {
  lon: number;
  lat: number;
  /** Milliseconds since 1970. */
  at: number;
  accuracy_m: number;
}

/** The patrol under way; `last` is the last fix that was put up for sending. */
export interface Patrol {
  key: string;
  chief: string;
  begun_at: number;
  last: Fix | null;
  passed: Stretch[];
}

export type Kind = "case" | "visit" | "begin" | "fixes" | "end";

/** One request that is to be made, once. */
export interface Item {
  /** Its place in the queue, given by the database. */
  n?: number;
  key: string;
  kind: Kind;
  url: string;
  body: unknown;
  state: "waiting" | "sent" | "refused";
  /** What it is about, for people. */
  about: string;
  made_at: number;
  /** Of a visit: the shop's number. */
  merchant?: string;
  /** What the service said: the number of a case, or why it was refused. */
  said?: string;
  status?: number;
}

interface Kept {
  strips: Strip;
  outbox: Item;
  fixes: Fix;
  patrol: Patrol;
}
type Name = keyof Kept;

const NOW = "now";
let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  return (opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("luge.my", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("strips", { keyPath: "chief.code" });
      request.result.createObjectStore("outbox", { keyPath: "n", autoIncrement: true });
      request.result.createObjectStore("fixes", { autoIncrement: true });
      request.result.createObjectStore("patrol");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  }));
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** One transaction: all that `work` does in it is kept, or nothing. Done when it is on disk. */
async function within<T>(names: Name[], work: (store: (name: Name) => IDBObjectStore) => Promise<T>): Promise<T> {
  const transaction = (await open()).transaction(names, "readwrite", { durability: "strict" });
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
  const made = await work((name) => transaction.objectStore(name));
  await done;
  return made;
}

async function all<N extends Name>(name: N): Promise<Kept[N][]> {
  return answer((await open()).transaction(name).objectStore(name).getAll() as IDBRequest<Kept[N][]>);
}

export const keepStrip = (strip: Strip) => within(["strips"], (store) => answer(store("strips").put(strip)));
export const strip = async (chief: string): Promise<Strip | undefined> =>
  answer((await open()).transaction("strips").objectStore("strips").get(chief) as IDBRequest<Strip | undefined>);

export const items = () => all("outbox");
export const put = (item: Item) => within(["outbox"], (store) => answer(store("outbox").put(item)));
export const drop = (n: number) => within(["outbox"], (store) => answer(store("outbox").delete(n)));

export const patrol = async (): Promise<Patrol | undefined> =>
  answer((await open()).transaction("patrol").objectStore("patrol").get(NOW) as IDBRequest<Patrol | undefined>);

/** Begins a patrol: what it has, and the request that tells of it. */
export const begin = (patrol: Patrol, item: Item) =>
  within(["patrol", "outbox", "fixes"], async (store) => {
    await answer(store("fixes").clear());
    await answer(store("outbox").put(item));
    await answer(store("patrol").put(patrol, NOW));
  });

/** Keeps a fix and what the patrol has passed with it. */
export const record = (fix: Fix, patrol: Patrol) =>
  within(["patrol", "fixes"], async (store) => {
    await answer(store("fixes").put(fix));
    await answer(store("patrol").put(patrol, NOW));
  });

/**
 * Puts the fixes recorded since the last time up for sending, behind the last one of the time before: parts of a
 * track share the fix at which it is cut. With `end` the patrol ends with them.
 */
export const flush = (patrol: Patrol, make: (fixes: Fix[]) => Item, end: Item | null) =>
  within(["patrol", "fixes", "outbox"], async (store) => {
    const fresh = (await answer(store("fixes").getAll())) as Fix[];
    const part = patrol.last ? [patrol.last, ...fresh] : fresh;
    if (fresh.length) await answer(store("outbox").put(make(part)));
    await answer(store("fixes").clear());
    const after = { ...patrol, last: part.at(-1) ?? null };
    if (end) {
      await answer(store("outbox").put(end));
      await answer(store("patrol").delete(NOW));
    } else await answer(store("patrol").put(after, NOW));
    return after;
  });
