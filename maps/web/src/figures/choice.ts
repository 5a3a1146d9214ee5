// What the map is coloured by: a metric over one kind of unit. The address keeps it.
import type { Layer, Layers, Metric } from "../api";
import { COMMUNITY_ZOOM } from "../draw/ground";
import { METHODS } from "../classes";
import type { Method } from "../classes";
import { countedMetrics, persOf } from "../explore/values";
import type { Per } from "../explore/values";
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
  /** What the values are divided by, and how they are classed. */
  per: Per;
  method: Method;
}

/** Metrics as they were computed, and those that are counted when asked for. */
export function metricsOf({ metrics }: Layers): Metric[] {
  return [...metrics, ...countedMetrics()];
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

/** The choice of a metric and a unit by their keys; null where there is no such metric. */
export function choiceOf(declared: Layers, metric: string, unit: string, per = "none", method = "quantile"): Choice | null {
  const chosen = metricsOf(declared).find(({ key }) => key === metric);
  if (!chosen) return null;
  const choice: Choice = { metric: chosen, unit: unitOr(unitsOf(chosen, declared), unit), per: "none", method: METHODS.find((one) => one === method) ?? "quantile" };
  return { ...choice, per: persOf(choice).find((one) => one === per) ?? "none" };
}

export function readChoice(declared: Layers): Choice | null {
  const [metric = "", unit = "", per, method] = (readHash("figure") ?? "").split(",", 4);
  return choiceOf(declared, metric, unit, per, method);
}

export function writeChoice(choice: Choice | null): void {
  writeHash("figure", choice && keyOf(choice));
}

/** The choice in the address; what is as it usually is stays out of it. */
export function keyOf({ metric, unit, per, method }: Choice): string {
  const usual = per === "none" && method === "quantile";
  return [metric.key, unit.key, ...(usual ? [] : [per, method])].join(",");
}
