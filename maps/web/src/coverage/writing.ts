// What the coverage page asks and writes of stretches, duties and rotations.
import type { Position } from "geojson";
import { ask, read } from "../api";
import type { Bounds } from "../api";

export type Spot = [number, number];
export type Side = "" | "L" | "R" | "LR";

/** A stretch as drawn, as chosen on a segment, or in words. */
export type Named =
  | { along: [Spot, Spot]; side: Side }
  | { segment: number; side: Side; from_m?: number; to_m?: number }
  | { road: string; from: string; to: string; side: string };

export interface Stretch {
  segment: number;
  side: "L" | "R";
  from_m: number;
  to_m: number;
}

export interface Look {
  metres: number;
  free_m: number;
  stretches: (Stretch & { metres: number; road: string | null; faces: "N" | "E" | "S" | "W"; line: Position[] })[];
  free: Stretch[];
  /** Who has metres of it, most first. */
  held: { chief: number; name: string; metres: number }[];
}

interface Crossings {
  road: string;
  metres: number;
  crossings: { name: string; at_m: number[] }[];
}

export interface Person {
  id: number;
  code: string;
  name: string;
  department: string | null;
}

export type Unit = "day" | "week" | "month";

export interface Away {
  valid_from: string;
  valid_to: string;
  answers_name: string | null;
}

export interface Turn {
  chief: number;
  name: string;
  valid_from: string;
  valid_to: string;
  metres: number;
  /** Whose turn it would be by the rhythm, where it went into other hands. */
  instead: { chief: number; name: string } | null;
  away: Away[];
}

export interface Rota {
  id: number;
  name: string;
  every: number;
  unit: Unit;
  valid_from: string;
  valid_to: string;
  members: { chief: number; name: string }[];
  metres: number;
  roads: string[];
  bbox: Bounds | null;
  turns: Turn[];
}

export interface Rhythm {
  chiefs: number[];
  every: number;
  unit: Unit;
  from: string;
  to: string;
}

export interface Wanted {
  role: string;
  from: string;
  to: string | null;
}

const JSON_BODY = { "Content-Type": "application/json" };

async function send<T>(path: string, body: object, signal?: AbortSignal): Promise<T> {
  return read<T>(await fetch(path, { method: "POST", headers: JSON_BODY, body: JSON.stringify(body), ...(signal && { signal }) }));
}

export const look = (where: Named[], wanted: Wanted, signal?: AbortSignal) => send<Look>("/api/stretches", { where, ...wanted }, signal);
export const crossings = (road: string) => ask<Crossings>("/api/crossings", { road });
export const people = async () => (await ask<{ chiefs: Person[] }>("/api/chiefs", { limit: 500 })).chiefs;
export const assign = (chief: number, where: Named[], wanted: Wanted) => send<{ duties: number[] }>("/api/duties", { chief, where, ...wanted });
export const endDuties = (duties: number[], on: string) => send<{ ended: number }>("/api/duties/end", { duties, on });
export const handOver = (giver: number, taker: number, on: string, rota: number) => send<{ duties: number; metres: number }>("/api/duties/handover", { giver, taker, on, rota });
export const takeLeave = (chief: number, from: string, to: string, deputy: number | null) => send(`/api/chiefs/${chief}/leave`, { from, to, deputy });
export const calendar = async (from: string, to: string) => (await ask<{ rotas: Rota[] }>("/api/rotas/calendar", { from, to })).rotas;
export const stretchesOf = async (rota: number) => (await ask<{ stretches: Stretch[] }>(`/api/rotas/${rota}`)).stretches;
export const makeRota = (name: string, where: Named[], rhythm: Rhythm) => send<{ id: number; turns: number }>("/api/rotas", { name, where, ...rhythm });
export const changeRota = (id: number, rhythm: Rhythm) => send<{ turns: number }>(`/api/rotas/${id}/change`, rhythm);
export const endRota = (id: number, on: string) => send<{ ended: number }>(`/api/rotas/${id}/end`, { on });
