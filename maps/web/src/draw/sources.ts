// Where the tiles of each layer come from.
import type { VectorSourceSpecification } from "maplibre-gl";
import type { Layer } from "../api";
import { gridSource } from "./grids";

/** The sources of a layer: one, or of grids one for each system. */
export function sourcesOf(layer: Layer): Record<string, VectorSourceSpecification> {
  const systems = layer.key === "grids" ? layer.style.swatches.map(({ value }) => value) : [""];
  return Object.fromEntries(systems.map((system) => [
    system ? gridSource(system) : layer.key,
    { type: "vector", tiles: [address(layer, system)], minzoom: layer.min_zoom, maxzoom: layer.max_zoom },
  ]));
}

/** Layers that seldom change are asked by revision, so that the browser never asks for a tile twice.
 * Those that change all day keep their address and are asked whether they are still as they were. */
function address(layer: Layer, system: string): string {
  const seldom = layer.geometry !== "point" && layer.style.shape !== "heat";
  return tilesOf(layer, { ...(system && { system }), ...(seldom && { rev: layer.revision }), ...narrowed.get(layer.key) });
}

// What else the tiles of a layer are asked by, such as a filter.
const narrowed = new Map<string, Record<string, string>>();

/** From now on the layer's tiles are asked by this too. */
export function narrow(key: string, query: Record<string, string>): void {
  narrowed.set(key, query);
}

let gathering = false;

/** From now on points that crowd come as clusters, of layers that have them. */
export function gather(on: boolean): void {
  gathering = on;
}

export function tilesOf({ key, clusters }: Layer, query: Record<string, string>): string {
  const search = new URLSearchParams({ ...query, ...(gathering && clusters && { clusters: "true" }) }).toString();
  return `${location.origin}/tiles/${key}/{z}/{x}/{y}.mvt${search && `?${search}`}`;
}
