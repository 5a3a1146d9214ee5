// Cases as the service tells them, and how they are filed and moved: each request once, however often sent.
import type { Case, Cases, Filing, Kinds, Now, Spot } from "../answers";
import { ask, Problem, read } from "../api";

export type { Case, Kind, NearCase, Now, Spot, StepTaken } from "../answers";

export const OPEN = ["reported", "filed", "dispatched", "handling", "handled"];
const PAGE = 200;
const MOST_CASES = 3_000;
const TRIES = 4;
const WAIT_MS = 1_200;

export const now = () => ask<Now>("/api/now");
export const kinds = async () => (await ask<Kinds>("/api/classes")).classes;
export const one = (code: string, signal?: AbortSignal) => ask<Case>(`/api/cases/${path(code)}`, {}, signal);

export const spot = (lon: number, lat: number, class_: string, but: string, signal?: AbortSignal) =>
  ask<Spot>("/api/spot", { lon, lat, ...(class_ && { class: class_ }), ...(but && { but }) }, signal);

/** All open cases, newest first, page by page. */
export async function openCases(): Promise<Case[]> {
  const found: Case[] = [];
  const states = OPEN.map((status) => `status=${status}`).join("&");
  for (let after: string | null = ""; after !== null && found.length < MOST_CASES; ) {
    const asked: string = `/api/cases?${states}&limit=${PAGE}${after && `&after=${encodeURIComponent(after)}`}`;
    const page: Cases = await ask(asked);
    found.push(...page.cases);
    after = page.next;
  }
  return found;
}

// The key of each request whose answer is not known yet: the same request gets the same key again, so a
// double click, a lost answer or a reload in between does it once. They are kept as long as the tab.
const KEYS = "luge.keys";
const keys = new Map<string, string>(Object.entries(JSON.parse(sessionStorage.getItem(KEYS) ?? "{}") as Record<string, string>));

function keep(about: string, key: string | null): void {
  if (key === null) keys.delete(about);
  else keys.set(about, key);
  sessionStorage.setItem(KEYS, JSON.stringify(Object.fromEntries(keys)));
}

function newKey(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((word) => word.toString(16).padStart(8, "0")).join("");
}

async function post<T>(url: string, body: unknown, headers: Record<string, string>, waiting: () => void): Promise<T> {
  const text = JSON.stringify(body);
  const about = `${url} ${headers["If-Match"] ?? ""} ${text}`;
  const key = keys.get(about) ?? newKey();
  keep(about, key);
  for (let tried = 1; ; tried++) {
    try {
      const answer = await read<T>(await fetch(url, {
        method: "POST", body: text,
        headers: { "Content-Type": "application/json", "Idempotency-Key": key, ...headers },
      }));
      keep(about, null);
      return answer;
    } catch (error) {
      const lost = !(error instanceof Problem) || error.status >= 502;
      if (!lost) keep(about, null);
      if (!lost || tried === TRIES) throw error;
      waiting();
      await new Promise((resolve) => window.setTimeout(resolve, WAIT_MS * tried));
    }
  }
}

/** `waiting` is called each time that the answer was lost and it is sent again. */
export const file = (filing: Filing, waiting: () => void) => post<Case>("/api/cases", filing, {}, waiting);

export function take({ code, version, status }: Case, action: string, note: string, actor: string, waiting: () => void): Promise<Case> {
  const body = { action, note: note || null, actor: actor || null, expected: status };
  return post<Case>(`/api/cases/${path(code)}/steps`, body, { "If-Match": `"${version}"` }, waiting);
}

function path(code: string): string {
  return code.split("/").map(encodeURIComponent).join("/");
}
