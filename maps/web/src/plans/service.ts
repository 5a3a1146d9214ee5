// Plans as the service tells them, and the requests of this page.
import type { MultiPolygon, Polygon } from "geojson";
import type { ReplayTold } from "../answers";
import { ask, Problem, read } from "../api";
import { language } from "../i18n";
import type { Why } from "./ground";
import type { Limits } from "./rules";

export type Status = "draft" | "submitted" | "approved" | "published" | "superseded";

/** A plan in short. `version` is none where it is not a draft any more. */
export interface Short {
  id: number;
  system: string;
  name: string;
  status: Status;
  version: number | null;
  based_on: number | null;
  valid_from: string | null;
  valid_to: string | null;
  made_at: string;
  made_by: string;
  grids: number;
  blocks: number;
}

export interface Grid {
  number: number;
  grid_id: number | null;
  code: string | null;
  name: string;
  parent: string | null;
  parent_name: string | null;
  workers: number;
  locked: boolean;
  blocks: number;
  households: number;
  people: number;
  merchants: number;
  incidents: number;
  load: number;
  load_per_worker: number;
}

export interface Spread {
  mean: number;
  max_over_mean: number;
  cv: number;
  gini: number;
}

export interface Step {
  status: Status;
  at: string;
  made_by: string;
  note: string;
}

export interface Plan extends Omit<Short, "grids"> {
  grids: Grid[];
  unassigned: number;
  measures: Spread | null;
  limits: Limits;
  steps: Step[];
  rule: { name: string; version: number } | null;
}

export interface Columns {
  id: number[];
  number: (number | null)[];
  based: (number | null)[];
}

export interface GroundAnswer {
  blocks: {
    features: {
      geometry: Polygon | MultiPolygon;
      properties: {
        id: number; code: string; area: string | null; parents: string[]; compound: number | null;
        households: number; people: number; load: number | null;
      };
    }[];
  };
  edges: { a: number; b: number; metres: number; kind: Why; why: string | null }[];
}

/** A stroke of somebody: the blocks that it changed. */
export interface Stroke {
  number: number;
  made_by: string;
  at: string;
  undone: boolean;
  blocks: number[];
}

export type Moved = [block: number, was: number | null, now: number | null];

export interface Painted {
  version: number;
  stroke: number | null;
  changed: Moved[];
  grids: Grid[];
}

export interface Finding {
  rule: string;
  hard: boolean;
  number: number | null;
  blocks: number[];
  lon: number | null;
  lat: number | null;
  reason: string;
}

export interface Checks {
  hard: number;
  soft: number;
  findings: Finding[];
}

export interface Comment {
  id: number;
  at: string;
  made_by: string;
  body: string;
  lon: number | null;
  lat: number | null;
  done: boolean;
}

const ROOT = "/api/plans";

export const list = async (system: string) => (await ask<{ plans: Short[] }>(ROOT, { system })).plans;
export const plan = (id: number) => ask<Plan>(`${ROOT}/${id}`);
export const blocks = (id: number) => ask<Columns>(`${ROOT}/${id}/blocks`);
export const ground = (id: number) => ask<GroundAnswer>(`${ROOT}/${id}/ground`);
export const checks = (id: number, signal: AbortSignal) => ask<Checks>(`${ROOT}/${id}/checks`, { lang: language() }, signal);
export const make = (system: string, name: string, rest: { empty?: boolean; based_on?: number; made_by: string }) => send<Plan>("POST", "", null, { system, name, ...rest });
export const stroke = (id: number, version: number, given: { blocks: number[]; number: number | null }) =>
  send<Painted>("POST", `/${id}/strokes`, version, { ...given, made_by: me() });
export const turn = (id: number, version: number, way: "undo" | "redo") => send<Painted>("POST", `/${id}/${way}`, version, {});
export const addGrid = (id: number, version: number, given: { name?: string; parent?: string; workers?: number }) => send<Painted & { number: number }>("POST", `/${id}/grids`, version, given);
export const changeGrid = (id: number, version: number, number: number, given: { name?: string; workers?: number; locked?: boolean }) =>
  send<Painted>("PATCH", `/${id}/grids/${number}`, version, given);
export const dropGrid = (id: number, version: number, number: number) => send<Painted>("DELETE", `/${id}/grids/${number}`, version);
export const discard = (id: number, version: number) => send<void>("DELETE", `/${id}`, version);
export const step = (id: number, version: number, given: { status: Status; note?: string; from?: string }) =>
  send<Plan>("POST", `/${id}/steps`, version, { ...given, made_by: me() });
export const comments = async (id: number) => (await ask<{ comments: Comment[] }>(`${ROOT}/${id}/comments`)).comments;
export const comment = (id: number, given: { body: string; lon?: number; lat?: number }) => send<Comment>("POST", `/${id}/comments`, null, { ...given, made_by: me() });
export const settle = (id: number, one: number, done: boolean) => send<Comment>("PATCH", `/${id}/comments/${one}`, null, { done });

/** What was done by others since the version that a request was made on; none where that is not the problem. */
export function conflict(error: unknown): { version: number; strokes: Stroke[] } | null {
  return error instanceof Problem && error.status === 412 ? (error.said as { version: number; strokes: Stroke[] }) : null;
}

const REMEMBERED = "luge.planner";

/** Who paints here: a name that this browser remembers. */
export function me(): string {
  return localStorage.getItem(REMEMBERED) ?? "";
}

export function callMe(name: string): void {
  localStorage.setItem(REMEMBERED, name);
}

export async function send<T>(method: string, path: string, version: number | null, body?: object): Promise<T> {
  const headers: Record<string, string> = {};
  if (version !== null) headers["If-Match"] = `"${version}"`;
  if (body) headers["Content-Type"] = "application/json";
  const response = await fetch(ROOT + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return response.status === 204 ? (undefined as T) : read<T>(response);
}

export interface Wish {
  task: string;
  blocks?: number[];
  number?: number;
  grids?: number;
  systems?: string[];
  tolerance: number;
  made_by: string;
}

/** What the engine has come to; `changed` once it is ready. */
export interface Proposal {
  id: number;
  status: string;
  done: number;
  total: number;
  error: string | null;
  figures: ProposalFigures | null;
  changed: Moved[];
}

export interface ProposalFigures {
  before: Spread & { border_m: number };
  after: Spread & { border_m: number };
  /** Areas for which no plan was found that keeps the rules, and why. */
  unsolved: { area_name: string | null; reason: string }[];
}

export const propose = (id: number, wish: Wish) => send<Proposal>("POST", `/${id}/proposals`, null, wish);
export const proposal = (id: number, one: number) => ask<Proposal>(`${ROOT}/${id}/proposals/${one}`);
export const applyProposal = (id: number, version: number, one: number) => send<Painted>("POST", `/${id}/proposals/${one}/apply`, version, { made_by: me() });
export const stopProposal = (id: number, one: number) => send<void>("POST", `/${id}/proposals/${one}/stop`, null);

/** A plan beside others; `as_first`: the number of the first plan's grid that a grid goes on as. */
export interface ComparedPlan {
  plan: { id: number; name: string; status: Status };
  unassigned: number;
  measures: Spread | null;
  grids: { number: number; as_first: number | null }[];
  moved_blocks: number;
  moved_households: number;
}

/** Blocks that are not in the same hands everywhere: for each plan the numbers of their grids. */
export interface Compared {
  plans: ComparedPlan[];
  blocks: { id: number[]; numbers: (number | null)[][] };
}

export const compare = (ids: number[]) => ask<Compared>(`${ROOT}/compare`, { plans: ids.join() });
export const replay = (id: number) => ask<ReplayTold>(`${ROOT}/${id}/replay`);
