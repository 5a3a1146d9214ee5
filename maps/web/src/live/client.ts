// The one stream of changes of a page. The browser connects again by itself and says what it had last;
// where it gives up (an answer that is no stream), or nothing was heard for long, we open it anew.

import type { LiveChange, LiveReady } from "../answers";

export type Change = LiveChange;

export type LinkState = "opening" | "live" | "lost";

interface Listener {
  /** Changes of one moment, in the order in which they happened. */
  changes: (changes: Change[]) => void;
  /** What came between is not known: read everything again. */
  reset: () => void;
  state?: (state: LinkState) => void;
}

export interface Live {
  listen: (listener: Listener) => () => void;
  state: () => LinkState;
  /** Resolves when the stream has begun (or seems not to): what is read from then on misses nothing. */
  begun: Promise<void>;
  close: () => void;
}

const AGAIN_MS = 2_000;
const SILENT_MS = 5 * 60_000;
// Changes that come close together are handed on together.
const GATHER_MS = 40;
const REST_MS = 60_000;
const LONGEST_START_MS = 1_500;

/** A stream of these layers (none: all). With `rests` it is closed while nobody looks: a browser has six
 * connections to a host, and each open page would hold one. It goes on where it was. */
export function openLive(layers: string[], rests = false): Live {
  const listeners = new Set<Listener>();
  let source: EventSource | null = null;
  let state: LinkState = "opening";
  let cursor = "";
  let heard = Date.now();
  let waiting: Change[] = [];
  let timer = 0;
  let retry = 0;
  let started: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    started = resolve;
    window.setTimeout(resolve, LONGEST_START_MS);
  });

  const tell = (next: LinkState) => {
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener.state?.(state);
  };
  const hand = () => {
    timer = 0;
    const changes = waiting;
    waiting = [];
    for (const listener of listeners) listener.changes(changes);
  };
  const take = (event: MessageEvent<string>) => {
    heard = Date.now();
    cursor = event.lastEventId || cursor;
    waiting.push(JSON.parse(event.data) as Change);
    if (!timer) timer = window.setTimeout(hand, GATHER_MS);
  };
  const forget = (event: MessageEvent<string>) => {
    heard = Date.now();
    cursor = event.lastEventId;
    tell("live");
    started();
    waiting = [];
    for (const listener of listeners) listener.reset();
  };
  const ready = (event: MessageEvent<string>) => {
    const again = cursor !== "";
    heard = Date.now();
    cursor = event.lastEventId;
    tell("live");
    started();
    if (again && !(JSON.parse(event.data) as LiveReady).resumed) for (const listener of listeners) listener.reset();
  };
  const open = () => {
    window.clearTimeout(retry);
    source?.close();
    heard = Date.now();
    const asked = new URLSearchParams({ layers: layers.join(",") });
    if (cursor) asked.set("after", cursor);
    const mine = (source = new EventSource(`/api/live?${asked}`));
    mine.onerror = () => {
      tell("lost");
      if (mine.readyState === EventSource.CLOSED && mine === source) retry = window.setTimeout(open, AGAIN_MS);
    };
    mine.addEventListener("ready", ready);
    mine.addEventListener("change", take);
    mine.addEventListener("many", take);
    mine.addEventListener("reset", forget);
  };
  let resting = 0;
  const seen = () => {
    window.clearTimeout(resting);
    if (document.hidden) resting = window.setTimeout(() => source?.close(), REST_MS);
    else if (source?.readyState === EventSource.CLOSED) open();
  };
  if (rests) document.addEventListener("visibilitychange", seen);
  const watch = window.setInterval(() => !document.hidden && Date.now() - heard > SILENT_MS && open(), 30_000);
  const offline = () => {
    source?.close();
    tell("lost");
  };
  window.addEventListener("online", open);
  window.addEventListener("offline", offline);
  open();

  return {
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => state,
    begun,
    close: () => {
      window.clearInterval(watch);
      window.clearTimeout(resting);
      document.removeEventListener("visibilitychange", seen);
      window.clearTimeout(retry);
      window.clearTimeout(timer);
      window.removeEventListener("online", open);
      window.removeEventListener("offline", offline);
      source?.close();
    },
  };
}
