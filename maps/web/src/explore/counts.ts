// Counts of incidents as the service gives them.
import { ask } from "../api";
import type { Bounds } from "../api";
import type { Query } from "./chosen";

export interface Figures {
  count: number;
  open: number;
  late: number;
}

export interface Group extends Figures {
  key: string | null;
}

/** A unit with what its figure can be divided by; figures are null where they are hidden. */
export interface Unit {
  id: number;
  key: string;
  name: string | null;
  area_m2: number | null;
  length_m: number | null;
  households: number | null;
  bbox: Bounds;
  count: number | null;
}

export interface Counts<G = Group> {
  total: Figures;
  groups: G[];
}

export const countsBy = (by: string, query: Query, signal?: AbortSignal) =>
  ask<Counts>("/api/counts", { by, ...query }, signal);

/** By units, as the figures of one layer are asked for. */
export function countsOf(query: { layer: string; level?: string; system?: string }, wanted: Query, signal?: AbortSignal) {
  const by = { areas: query.level === "street" ? "street" : "area", grids: "grid", blocks: "block", segments: "segment" }[query.layer];
  return ask<Counts<Unit>>("/api/counts", { by: by ?? query.layer, ...(query.system && { system: query.system }), ...wanted }, signal);
}
