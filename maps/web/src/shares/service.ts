// Drafts of shares as the service tells them, and the requests of this page.
import type { LineString } from "geojson";
import { ask, read } from "../api";

export type Status = "running" | "ready" | "failed" | "applied" | "discarded";

export interface Load {
  metres: number;
  doors: number;
  cases: number;
  /** Minutes of work a week. */
  load: number;
  stretches: number;
  pieces: number;
}

export interface Chief extends Load {
  id: number;
  code: string;
  name: string;
  department: string | null;
}

export interface Post extends Load {
  post: number;
  chief_id: number | null;
  code: string | null;
  name: string | null;
  department: string | null;
}

export interface Spread {
  most: number;
  variation: number;
  shares: number;
  connected: number;
}

export interface Gap {
  post: number;
  pieces: number;
  why: "network" | "locks";
  stretches: number[];
  roads: (string | null)[];
}

export interface Figures {
  before: Spread;
  after: Spread;
  stretches: number;
  metres: number;
  changed: number;
  changed_m: number;
  finished: boolean;
  rules: { name: string; walk: number; door: number; case: number };
  gaps: Gap[];
}

export interface Draft {
  id: number;
  role: string;
  valid_from: string;
  status: Status;
  done: number;
  total: number;
  error: string | null;
  figures: Figures | null;
  chiefs: Chief[];
  posts: Post[];
}

export interface Short {
  id: number;
  role: string;
  valid_from: string;
  status: Status;
  before: Spread | null;
  after: Spread | null;
}

export interface Stretch {
  type: "Feature";
  id: number;
  geometry: LineString;
  properties: { id: number; road: string | null; length_m: number; chief: number | null; post: number };
}

/** What is asked for; what is left out is as the service has it. */
export interface Wish {
  role: string;
  from?: string;
  chiefs?: number;
  tolerance: number;
  added: string[];
  without: string[];
  locks: string[];
  everywhere: boolean;
}

const ROOT = "/api/shares/drafts";
const JSON_BODY = { "Content-Type": "application/json" };

export const list = async () => (await ask<{ drafts: Short[] }>(ROOT)).drafts;
export const draft = (id: number) => ask<Draft>(`${ROOT}/${id}`);
export const stretches = async (id: number) => (await ask<{ features: Stretch[] }>(`${ROOT}/${id}/stretches`)).features;
export const propose = (wish: Wish) => post<Draft>("", wish);
export const fill = (id: number, at: number, chief: string) => post<Draft>(`/${id}/fill`, { post: at, chief });
export const apply = (id: number) => post<{ ended: number; begun: number; stayed: number }>(`/${id}/apply`);
export const stop = (id: number) => without(`/${id}/stop`, "POST");
export const discard = (id: number) => without(`/${id}`, "DELETE");

async function post<T>(path: string, body?: object): Promise<T> {
  return read<T>(await fetch(ROOT + path, body ? { method: "POST", headers: JSON_BODY, body: JSON.stringify(body) } : { method: "POST" }));
}

async function without(path: string, method: string): Promise<void> {
  const response = await fetch(ROOT + path, { method });
  if (!response.ok) await read(response);
}
