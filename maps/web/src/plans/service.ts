// Plans as the service tells them, and the requests of this page.
import type { Plan, PlanBlocks, PlanBrief, PlanChecks, PlanComment, PlanGround, GroundChanged, PlansCompared, Proposal, ProposalBrief, ReplayTold, Stroke as Painted } from "../answers";
import type { Position } from "geojson";
import { ask, Problem, read } from "../api";
import { language } from "../i18n";

export type {
  Plan, PlanBlocks as Columns, PlanBrief as Short, PlanChecks as Checks, PlanComment as Comment, PlanFinding as Finding, PlanGrid as Grid,
  PlanGround as GroundAnswer, PlanSpread as Spread, PlansCompared as Compared, ComparedPlan, GroundChanged, PlanLimits as Limits, Proposal, ProposalBrief, Stroke as Painted,
} from "../answers";

export type Status = PlanBrief["status"];

/** A stroke of somebody: the blocks that it changed. */
export interface Stroke {
  number: number;
  made_by: string;
  at: string;
  undone: boolean;
  blocks: number[];
}

const ROOT = "/api/plans";

export const list = async (system: string) => (await ask<{ plans: PlanBrief[] }>(ROOT, { system })).plans;
export const plan = (id: number) => ask<Plan>(`${ROOT}/${id}`);
export const blocks = (id: number) => ask<PlanBlocks>(`${ROOT}/${id}/blocks`);
export const ground = (id: number) => ask<PlanGround>(`${ROOT}/${id}/ground`);
export const checks = (id: number, signal: AbortSignal) => ask<PlanChecks>(`${ROOT}/${id}/checks`, { lang: language() }, signal);
export const make = (system: string, name: string, rest: { empty?: boolean; based_on?: number; made_by: string }) => send<Plan>("POST", "", null, { system, name, ...rest });
export const stroke = (id: number, version: number, given: { blocks: number[]; number: number | null }) =>
  send<Painted>("POST", `/${id}/strokes`, version, { ...given, made_by: me() });
export const turn = (id: number, version: number, way: "undo" | "redo") => send<Painted>("POST", `/${id}/${way}`, version, {});
export const addGrid = (id: number, version: number, given: { name?: string; parent?: string; workers?: number }) => send<Painted & { number: number }>("POST", `/${id}/grids`, version, given);
export const changeGrid = (id: number, version: number, number: number, given: { name?: string; workers?: number; locked?: boolean }) =>
  send<Painted>("PATCH", `/${id}/grids/${number}`, version, given);
/** Name, note and limits of a draft: one step, of which a stroke tells no blocks. */
export const change = async (id: number, version: number, given: { name?: string; note?: string; limits?: object }): Promise<Painted> => {
  const now = await send<Plan>("PATCH", `/${id}`, version, { ...given, made_by: me() });
  return { version: now.version ?? version, stroke: null, changed: [], grids: [] };
};
export const cut = (id: number, version: number, block: number, coordinates: Position[]) =>
  send<GroundChanged>("POST", `/${id}/cuts`, version, { block, line: { type: "LineString", coordinates }, made_by: me() });
export const join = (id: number, version: number, blocks: number[]) => send<GroundChanged>("POST", `/${id}/joins`, version, { blocks, made_by: me() });
export const dropGrid = (id: number, version: number, number: number) => send<Painted>("DELETE", `/${id}/grids/${number}`, version);
export const discard = (id: number, version: number) => send<void>("DELETE", `/${id}`, version);
export const step = (id: number, version: number | "*", given: { status: Status; note?: string; from?: string }) =>
  send<Plan>("POST", `/${id}/steps`, version, { ...given, made_by: me() });
export const comments = async (id: number) => (await ask<{ comments: PlanComment[] }>(`${ROOT}/${id}/comments`)).comments;
export const comment = (id: number, given: { body: string; lon?: number; lat?: number }) => send<PlanComment>("POST", `/${id}/comments`, null, { ...given, made_by: me() });
export const settle = (id: number, one: number, done: boolean) => send<PlanComment>("PATCH", `/${id}/comments/${one}`, null, { done });

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

export async function send<T>(method: string, path: string, version: number | "*" | null, body?: object): Promise<T> {
  const headers: Record<string, string> = {};
  if (version !== null) headers["If-Match"] = version === "*" ? version : `"${version}"`;
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

export const propose = (id: number, wish: Wish) => send<Proposal>("POST", `/${id}/proposals`, null, wish);
export const proposal = (id: number, one: number) => ask<Proposal>(`${ROOT}/${id}/proposals/${one}`);
export const proposals = async (id: number) => (await ask<{ proposals: ProposalBrief[] }>(`${ROOT}/${id}/proposals`)).proposals;
export const applyProposal = (id: number, version: number, one: number) => send<Painted>("POST", `/${id}/proposals/${one}/apply`, version, { made_by: me() });
export const stopProposal = (id: number, one: number) => send<void>("POST", `/${id}/proposals/${one}/stop`, null);

export const compare = (ids: number[]) => ask<PlansCompared>(`${ROOT}/compare`, { plans: ids.join() });
export const replay = (id: number) => ask<ReplayTold>(`${ROOT}/${id}/replay`);
