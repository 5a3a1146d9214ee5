// One unit of a layer as the service tells it, and how it is asked for.
import { ask } from "../api";
import type { Bounds } from "../api";

export interface UnitRef {
  layer: string;
  id: number;
}

export interface Parent extends UnitRef {
  code: string | null;
  name: string;
  detail: string | null;
  households: number | null;
  incidents: number | null;
  open: number | null;
}

export interface Case {
  id: number;
  code: string;
  class: string;
  status: string;
  address: string | null;
  reported_at: string;
  due_at: string | null;
  late: boolean;
  lon: number;
  lat: number;
}

export interface Door {
  id: number;
  name: string;
  category: string | null;
  listed: "red" | "grey" | null;
  side: "L" | "R" | null;
  seq: number | null;
  chainage_m: number | null;
  lon: number;
  lat: number;
}

export interface Neighbour {
  id: number;
  code: string | null;
  name: string | null;
  value: number | null;
}

export interface UnitTold extends UnitRef {
  geometry: "polygon" | "line" | "point";
  code: string | null;
  name: string | null;
  facts: Record<string, string | number | boolean | null>;
  lon: number;
  lat: number;
  bbox: Bounds;
  area_m2: number | null;
  length_m: number | null;
  as_of: string;
  until: string;
  parents: Parent[];
  counts: { all: number; days_30: number; days_365: number; open: number; late: number };
  classes: { class: string; count: number }[];
  trend: { month: string; count: number }[];
  cases: Case[];
  /** Of points: within how many metres the incidents are. */
  near_m: number | null;
  merchants: { count: number; rows: Door[] | null } | null;
  chiefs: { role: string; name: string; department: string | null; phone: string | null; metres: number; sides: string[] }[];
  neighbours: { relation: "edge" | "road"; value: number | null; median: number | null; units: Neighbour[] } | null;
  stations: { id: number; name: string; tier: string; distance_m: number }[];
}

export const readUnit = ({ layer, id }: UnitRef, signal: AbortSignal) => ask<UnitTold>(`/api/units/${layer}/${id}`, {}, signal);

/** The unit that the address names as `unit=layer:id`. */
export function parseUnit(text: string | null): UnitRef | null {
  const found = /^([a-z_]+):(\d+)$/.exec(text ?? "");
  return found ? { layer: found[1]!, id: Number(found[2]) } : null;
}
