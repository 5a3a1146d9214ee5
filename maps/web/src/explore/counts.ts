// Counts of incidents as the service gives them.
import type { Counted, CountedGroup, Counts as Told } from "../answers";
import { ask } from "../api";
import type { Query } from "./chosen";

/** Of what is not counted by units no figure is hidden. */
export type Group = Counted & { key: string | null };

/** A unit with what its figure can be divided by; figures are null where they are hidden. */
export type Unit = Required<CountedGroup> & { key: string };

export interface Counts<G = Group> extends Omit<Told, "groups"> {
  groups: G[];
}

export const countsBy = (by: string, query: Query, signal?: AbortSignal) =>
  ask<Counts>("/api/counts", { by, ...query }, signal);

/** By units, as the figures of one layer are asked for. */
export function countsOf(query: { layer: string; level?: string; system?: string }, wanted: Query, signal?: AbortSignal) {
  const by = { areas: query.level === "street" ? "street" : "area", grids: "grid", blocks: "block", segments: "segment" }[query.layer];
  return ask<Counts<Unit>>("/api/counts", { by: by ?? query.layer, ...(query.system && { system: query.system }), ...wanted }, signal);
}
