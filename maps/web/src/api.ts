// What the service answers, and how it is asked.

export type Bounds = [west: number, south: number, east: number, north: number];

export interface District {
  name: string;
  code: string;
  srid: number;
  bounds: Bounds | null;
  counts: Record<string, number>;
  systems: GridSystem[];
}

export interface GridSystem {
  code: string;
  name: string;
  name_en: string;
  plan: { id: number; name: string; valid_from: string } | null;
}

export interface Swatch {
  value: string;
  zh: string;
  en: string;
  colour: string;
}

export interface Column {
  name: string;
  zh: string;
  en: string;
  unit: string;
  type: "text" | "integer" | "number" | "boolean" | "date" | "time";
  /** Where it is set, values below it are hidden (null) from those without `right`. */
  least: number;
  right: string;
}

export interface Layer {
  key: string;
  zh: string;
  en: string;
  group: string;
  geometry: "polygon" | "line" | "point";
  min_zoom: number;
  max_zoom: number;
  /** Whether it is on to begin with. */
  shown: boolean;
  columns: Column[];
  /** The sets of features inside its tiles: its own, and points that carry names. */
  parts: string[];
  style: { shape: "fill" | "outline" | "road" | "dot" | "ring" | "badge" | "heat"; colour: string; by: string; swatches: Swatch[] };
  /** Changes whenever its features do. */
  revision: string;
  /** How many points the whole district may show, up to a zoom; all beyond the last. */
  budget: [zoom: number, most: number][];
  /** By zoom, the share of its points that is shown; all where nothing is said. */
  shares: Record<string, number>;
}

/** A value that the units of some layers can be coloured by. */
export interface Metric {
  key: string;
  zh: string;
  en: string;
  unit: string;
  layers: string[];
  /** Where it is set, small units hide values from 1 to below it from those without the right. */
  least: number;
}

/** The values of a metric over the units of a layer. */
export interface Measures {
  metric: string;
  layer: string;
  unit: string;
  /** Of the data they were computed from; null where they were not computed yet. */
  revision: string | null;
  computed_at: string | null;
  /** By unit; null where it is small and hidden. */
  values: Record<string, number | null>;
  units: MeasuredUnit[];
}

export interface MeasuredUnit {
  id: number;
  code?: string | null;
  name?: string | null;
  seq?: number | null;
  value: number;
  bbox: Bounds;
}

export interface Layers {
  groups: { key: string; zh: string; en: string }[];
  layers: Layer[];
  metrics: Metric[];
  /** Seconds since 1970; ages are counted from it, so that last year's data do not all look old. */
  newest_report: number | null;
}

export interface Area {
  id: number;
  level: "district" | "street" | "community";
  code: string;
  name: string;
  parent_id: number | null;
  households: number | null;
  people: number | null;
  workers: number | null;
  bbox: Bounds;
}

export interface Unit {
  id: number;
  code: string | null;
  name: string;
}

export interface RoadPlace {
  segment_id: number;
  road_id: number | null;
  name: string | null;
  kind: string;
  class: string;
  seq: number | null;
  side: "L" | "R";
  chainage_m: number;
  offset_m: number;
  length_m: number;
  chiefs: { role: string; name: string; department: string | null }[];
}

export interface Place {
  lon: number;
  lat: number;
  district: Unit | null;
  street: Unit | null;
  community: Unit | null;
  compound: Unit | null;
  block: { id: number; code: string; households: number | null; people: number | null } | null;
  grids: (Unit & { system: string; system_name: string; system_name_en: string })[];
  road: RoadPlace | null;
  station: { id: number; name: string; tier: string; distance_m: number } | null;
}

export type ResultKind = "area" | "block" | "grid" | "road" | "merchant" | "station" | "incident" | "coordinate";

export interface Result {
  kind: ResultKind;
  id: number;
  code: string | null;
  name: string;
  detail: string | null;
  lon: number;
  lat: number;
  bbox: Bounds;
}

/** An answer that is a problem (RFC 9457); its message is meant for people. */
export class Problem extends Error {
  constructor(message: string, readonly status = 0, readonly said: Record<string, unknown> = {}) {
    super(message);
  }
}

export async function ask<T>(path: string, query: Record<string, string | number> = {}, signal?: AbortSignal): Promise<T> {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const url = search.size ? `${path}?${search}` : path;
  return read<T>(await fetch(url, signal ? { signal } : {}));
}

/** The body of an answer; a `Problem` where it is one. */
export async function read<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const said = (body ?? {}) as { detail?: string };
    throw new Problem(said.detail ?? `${response.status} ${response.statusText}`, response.status, said);
  }
  return body as T;
}

export const district = () => ask<District>("/api/district");
export const layers = () => ask<Layers>("/api/layers");
export const measures = (metric: string, query: Record<string, string | number>, signal: AbortSignal) =>
  ask<Measures>(`/api/metrics/${metric}`, query, signal);
export const areas = async () => (await ask<{ areas: Area[] }>("/api/areas")).areas;
export const locate = (lon: number, lat: number, signal: AbortSignal) =>
  ask<Place>("/api/locate", { lon, lat }, signal);
export const search = async (q: string, signal: AbortSignal) =>
  (await ask<{ results: Result[] }>("/api/search", { q, limit: 12 }, signal)).results;
