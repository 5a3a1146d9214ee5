// A chief's strip as the service tells it.
import { ask } from "../api";

const PATIENCE_MS = 20_000;

export type Side = "L" | "R";

export interface Door {
  kind: "merchant" | "compound";
  code: string | null;
  name: string;
  category: string | null;
  listed: "red" | "grey" | null;
  chainage_m: number;
  lon: number | null;
  lat: number | null;
  visited_at: string | null;
  good: boolean | null;
  due: boolean;
}

export interface Passed {
  from_m: number;
  to_m: number;
  at: string;
}

export interface SegmentSide {
  side: Side;
  roles: string[];
  charge: [from_m: number, to_m: number][];
  doors: Door[];
  passed: Passed[];
}

export interface Segment {
  id: number;
  seq: number | null;
  kind: string;
  class: string;
  length_m: number;
  width_m: number;
  narrow: boolean;
  nodes: [number, number];
  line: [lon: number, lat: number][];
  meets_first: string[] | null;
  meets_last: string[] | null;
  sides: SegmentSide[];
}

export interface Road {
  name: string | null;
  kind: string;
  segments: Segment[];
}

export interface OpenCase {
  segment: number;
  side: Side;
  chainage_m: number;
  code: string;
  class: string;
  subclass: string | null;
  status: string;
  description: string | null;
  address: string | null;
  late: boolean;
  reported_at: string;
  due_at: string | null;
  lon: number;
  lat: number;
}

/** By what rules fixes become metres; the service follows the same. */
export interface Rules {
  accurate_m: number;
  beside_m: number;
  pause_s: number;
  pace_mps: number;
  slip_m: number;
  longest_s: number;
}

export interface Chief {
  code: string;
  name: string;
  department: string | null;
}

export interface Strip {
  chief: Chief;
  at: string;
  day: string;
  rules: Rules;
  roads: Road[];
  cases: OpenCase[];
  last_patrol: { key: string; begun_at: string; ended_at: string | null; metres: number } | null;
  classes: { class: string; subclasses: string[] | null }[];
}

export const chiefs = async () =>
  (await ask<{ chiefs: (Chief & { segments: number })[] }>("/api/strips")).chiefs;
export const strip = (chief: string) => ask<Strip>(`/api/chiefs/${encodeURIComponent(chief)}/strip`, {}, AbortSignal.timeout(PATIENCE_MS));
