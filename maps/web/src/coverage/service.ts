// What the coverage page asks for.
import { ask } from "../api";
import type { Bounds } from "../api";

/** How figures were got. */
export interface Said {
  on: string;
  reckoned: string;
  half_life_days: number;
  hollow_days: number;
  revision: string;
}

export interface Figures {
  side_m: number;
  paper_m: number;
  lived_m: number;
  hollow_m: number;
  paper_share: number | null;
  lived_share: number | null;
  merchants: number;
  merchants_paper: number;
  merchants_lived: number;
  households: number;
  households_paper: number;
  households_lived: number;
  /** Cases; null where they are too few to be told. */
  incidents: number | null;
  incidents_paper: number | null;
  incidents_lived: number | null;
}

export type Part = Figures & { code: string; name: string };

export interface Summary extends Said {
  total: Figures;
  parts: Part[];
}

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

export interface BlindPlace extends Box {
  road: string;
  community: string;
  community_name: string;
  bare_m: number;
  hollow_m: number;
  merchants: number;
  households: number;
  incidents: number | null;
}

export interface BlindCompound extends Box {
  id: number;
  name: string;
  households: number;
  faced: boolean;
}

export interface FarCompound extends Box {
  name: string;
  households: number | null;
  station_name: string | null;
  minutes: number | null;
}

export interface Cluster extends Box {
  count: number;
  road: string;
  address: string;
  class: string;
  of_class: number;
}

export interface Blind extends Said {
  counts: { places: number; compounds: number; clusters: number; far: number };
  cluster: number;
  places: BlindPlace[];
  compounds: BlindCompound[];
  clusters: Cluster[];
  far: FarCompound[];
}

export interface Chief {
  code: string;
  name: string;
  department: string | null;
  roles: string;
  metres: number;
  doors: number;
  cases: number | null;
  load: number;
}

export interface Staff {
  code: string;
  name: string;
  metres: number;
  doors: number;
  cases: number | null;
  there: number;
  needed: number;
  short: number;
}

export interface Workers {
  code: string;
  name: string;
  households: number;
  workers: number;
  each: number;
  needed: number;
  short: number;
  alarm: boolean;
}

export interface Control extends Said {
  norms: { metres: number; doors: number; cases: number };
  most_households: number;
  chiefs: Chief[];
  staff: Staff[];
  workers: Workers[];
}

/** Of which area, level and day; empty: all, all, today. */
export interface Asked {
  area: string;
  role: string;
  on: string;
}

function query(asked: Asked, more: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...asked, ...more }).filter(([, value]) => value !== ""));
}

export const summary = (asked: Asked, by: string, signal: AbortSignal) => ask<Summary>("/api/coverage", query(asked, { by }), signal);
export const blind = (asked: Asked, first: string, signal: AbortSignal) => ask<Blind>("/api/coverage/blind", query(asked, { first }), signal);
export const control = (asked: Asked, signal: AbortSignal) => ask<Control>("/api/coverage/control", query(asked), signal);

export const bounds = ({ west, south, east, north }: Box): Bounds => [west, south, east, north];
