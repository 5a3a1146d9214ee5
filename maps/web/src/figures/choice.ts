// What the map is coloured by: a metric over one kind of unit. The address keeps it.
import type { Layer, Layers, Metric } from "../api";
import { gridSource } from "../draw/grids";
import { readHash, writeHash } from "../hash";
import { named, tValue } from "../i18n";

/** Units of one layer; of areas one level, of grids one system. */
export interface Unit {
  key: string;
  layer: Layer;
  part: string;
}

export interface Choice {
  metric: Metric;
  unit: Unit;
}

export function unitsOf(metric: Metric, { layers }: Layers): Unit[] {
  return layers.filter(({ key }) => metric.layers.includes(key)).sort(byOrderOf(metric)).flatMap((layer) => {
    // The whole district is one unit, which there is nothing to compare with.
    const parts = partsOf(layer).filter((part) => part !== "district");
    return parts.length ? parts.map((part) => ({ key: `${layer.key}:${part}`, layer, part })) : [{ key: layer.key, layer, part: "" }];
  });
}

function byOrderOf({ layers }: Metric): (a: Layer, b: Layer) => number {
  return (a, b) => layers.indexOf(a.key) - layers.indexOf(b.key);
}

function partsOf({ key, style }: Layer): string[] {
  return key === "areas" || key === "grids" ? style.swatches.map(({ value }) => value) : [];
}

/** The unit of this key, or the one to begin with: the smallest areas, where there are values for them. */
export function unitOr(units: Unit[], key: string): Unit {
  return units.find((unit) => unit.key === key) ?? units.filter(({ layer }) => layer.key === "areas").at(-1) ?? units[0]!;
}

export function nameOf({ layer, part }: Unit): string {
  if (layer.key === "areas") return tValue("level", part);
  const system = layer.style.swatches.find(({ value }) => value === part);
  return named(part && system ? system : layer);
}

/** How tiles and values of the unit are asked for. */
export function queryOf({ layer, part }: Unit): { level?: string; system?: string } {
  if (!part) return {};
  return layer.key === "areas" ? { level: part } : { system: part };
}

/** The source on which `choose` outlines one of these units. */
export function sourceOf({ layer, part }: Unit): string {
  return layer.key === "grids" ? gridSource(part) : layer.key;
}

export function readChoice(declared: Layers): Choice | null {
  const [key = "", unit = ""] = (readHash("figure") ?? "").split(",", 2);
  const metric = declared.metrics.find((one) => one.key === key);
  return metric ? { metric, unit: unitOr(unitsOf(metric, declared), unit) } : null;
}

export function writeChoice(choice: Choice | null): void {
  writeHash("figure", choice && `${choice.metric.key},${choice.unit.key}`);
}
