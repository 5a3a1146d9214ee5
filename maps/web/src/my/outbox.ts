// Requests that wait to be made, in the order they were entered. Each has its key, so that one whose answer was
// lost is made again and done once. Nothing leaves the queue unless the service has it or a person drops it.
import { Problem, read } from "../api";
import * as store from "./store";
import type { Item, Kind } from "./store";

const AGAIN_MS = 15_000;
const PATIENCE_MS = 20_000;
const KEPT_MS = 24 * 3_600_000;
// Worth another try later: the service is away or busy, not of another opinion.
const LATER = [408, 421, 425, 429];

export interface Outbox {
  items: Item[];
  /** Whether the service was reached the last time. */
  reached: boolean;
}

export const outbox: Outbox = { items: [], reached: true };

let tell: () => void = () => undefined;
let answered: (item: Item, said: Record<string, unknown>) => void = () => undefined;

export function newKey(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((word) => word.toString(16).padStart(8, "0")).join("");
}

export function makeItem(kind: Kind, url: string, body: unknown, about: string, key = newKey()): Item {
  return { key, kind, url, body, about, state: "waiting", made_at: Date.now() };
}

/** Begins to send, now and whenever there is something and a chance; `changed` is told of every step. */
export async function beginSending(changed: () => void, done: typeof answered): Promise<void> {
  tell = changed;
  answered = done;
  // Browsers may clear away what no page has asked to keep.
  void navigator.storage?.persist?.();
  window.addEventListener("online", () => void send());
  document.addEventListener("visibilitychange", () => document.hidden || void send());
  window.setInterval(() => outbox.items.some(isWaiting) && void send(), AGAIN_MS);
  for (const item of await store.items()) {
    if (item.state === "sent" && item.made_at < Date.now() - KEPT_MS) await store.drop(item.n!);
  }
  await renew();
  void send();
}

export async function add(item: Item): Promise<void> {
  await store.put(item);
  await renew();
  void send();
}

export async function renew(): Promise<void> {
  outbox.items = await store.items();
  tell();
}

/** What was refused is tried again, in its order: what hindered it may be gone. */
export async function again(): Promise<void> {
  for (const item of outbox.items.filter(({ state }) => state === "refused")) await store.put({ ...item, state: "waiting" });
  await renew();
  void send();
}

export async function drop(n: number): Promise<void> {
  await store.drop(n);
  await renew();
}

export const isWaiting = ({ state }: Item) => state === "waiting";

let asked = false;

/** One page at a time sends, whichever was first; the others have nothing left to send then. */
export async function send(): Promise<void> {
  if (asked) return;
  asked = true;
  const work = async () => {
    asked = false;
    await sendAll();
  };
  await ("locks" in navigator ? navigator.locks.request("luge.outbox", work) : work());
}

async function sendAll(): Promise<void> {
  for (;;) {
    const next = (await store.items()).find(isWaiting);
    if (!next) break;
    outbox.reached = await sendOne(next);
    if (!outbox.reached) break;
    await renew();
  }
  await renew();
}

/** Whether there was an answer; what it was is kept with the request. */
async function sendOne(item: Item): Promise<boolean> {
  try {
    const said = await read<Record<string, unknown>>(await fetch(item.url, {
      method: "POST", body: JSON.stringify(item.body), signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { "Content-Type": "application/json", "Idempotency-Key": item.key },
    }));
    // A track is nobody's business once it was sent.
    if (item.kind === "case" || item.kind === "visit") await store.put({ ...item, body: null, state: "sent", said: String(said["code"] ?? "") });
    else await store.drop(item.n!);
    answered(item, said);
    return true;
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500 || LATER.includes(error.status)) return false;
    await store.put({ ...item, state: "refused", said: error.message, status: error.status });
    return true;
  }
}
