// What the map is coloured by: a metric over one kind of unit. The address keeps it.
import type { Layer, Layers, Metric } from "../api";
import { gridSource } from "../draw/grids";
import { COMMUNITY_ZOOM } from "../draw/ground";
import { readHash, writeHash } from "../hash";
import { named, tValue } from "../i18n";

/** Units of one layer; of areas one level, of grids one system, which is the `part`. */
export interface Unit {
  key: string;
  layer: Layer;
  part: string;
  /** How their values are asked for. */
  query: { layer: string; level?: string; system?: string };
}

export interface Choice {
  metric: Metric;
  unit: Unit;
}

export function unitsOf(metric: Metric, { layers }: Layers): Unit[] {
  return layers.filter(({ key }) => metric.layers.includes(key)).sort(byOrderOf(metric)).flatMap((layer) => {
    // The whole district is one unit, which there is nothing to compare with.
    const parts = partsOf(layer).filter((part) => part !== "district");
    return parts.length ? parts.map((part) => unitOf(layer, part)) : [unitOf(layer, "")];
  });
}

function unitOf(layer: Layer, part: string): Unit {
  const query = { layer: layer.key };
  if (!part) return { key: layer.key, layer, part, query };
  return { key: `${layer.key}:${part}`, layer, part, query: { ...query, ...(layer.key === "areas" ? { level: part } : { system: part }) } };
}

function byOrderOf({ layers }: Metric): (a: Layer, b: Layer) => number {
  return (a, b) => layers.indexOf(a.key) - layers.indexOf(b.key);
}

function partsOf({ key, style }: Layer): string[] {
  return key === "areas" || key === "grids" ? style.swatches.map(({ value }) => value) : [];
}

/** The unit of this key, or the one to begin with: the smallest areas, where there are values for them. */
function unitOr(units: Unit[], key: string): Unit {
  return units.find((unit) => unit.key === key) ?? units.filter(({ layer }) => layer.key === "areas").at(-1) ?? units[0]!;
}

export function nameOf({ layer, part }: Unit): string {
  if (layer.key === "areas") return tValue("level", part);
  const system = layer.style.swatches.find(({ value }) => value === part);
  return named(part && system ? system : layer);
}

/** From which zoom on the unit is drawn. */
export function minZoomOf({ layer, part }: Unit): number {
  return layer.key === "areas" && part === "community" ? COMMUNITY_ZOOM : layer.min_zoom;
}

/** The source on which `choose` outlines one of these units. */
export function sourceOf({ layer, part }: Unit): string {
  return layer.key === "grids" ? gridSource(part) : layer.key;
}

/** The choice of a metric and a unit by their keys; null where there is no such metric. */
export function choiceOf(declared: Layers, metric: string, unit: string): Choice | null {
  const chosen = declared.metrics.find(({ key }) => key === metric);
  return chosen ? { metric: chosen, unit: unitOr(unitsOf(chosen, declared), unit) } : null;
}

export function readChoice(declared: Layers): Choice | null {
  const [metric = "", unit = ""] = (readHash("figure") ?? "").split(",", 2);
  return choiceOf(declared, metric, unit);
}

export function writeChoice(choice: Choice | null): void {
  writeHash("figure", choice && `${choice.metric.key},${choice.unit.key}`);
}
