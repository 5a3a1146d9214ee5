// Values of units for the map: a metric as it was computed, or what is filtered now, or how that differs
// from another period; as plain numbers, or by household or size.
import { measures } from "../api";
import type { Measures, Metric } from "../api";
import type { Choice } from "../figures/choice";
import { t } from "../i18n";
import { chosen, comparedWith, queryOf } from "./chosen";
import type { Unit } from "./counts";
import { countsOf } from "./counts";

export const FILTERED = "filtered";
export const DIFFERENCE = "difference";
const PERS = ["none", "households", "km2", "km"] as const;
export type Per = (typeof PERS)[number];

const LISTED = 100;
/** Counts below it are hidden in small units; the service says where. */
const LEAST = 5;
const LAYERS = ["areas", "grids", "blocks", "segments"];

/** Metrics that are counted when they are asked for; they follow the filter. */
export function countedMetrics(): Metric[] {
  const one = (key: string, zh: string, en: string): Metric => ({ key, zh, en, unit: "件", layers: LAYERS, least: LEAST, step: 0 });
  return [
    one(FILTERED, t("metric_filtered", {}, "zh"), t("metric_filtered", {}, "en")),
    one(DIFFERENCE, t("metric_difference", {}, "zh"), t("metric_difference", {}, "en")),
  ];
}

export function isCounted({ key }: Metric): boolean {
  return key === FILTERED || key === DIFFERENCE;
}

/** What the units of a choice can be divided by. */
export function persOf({ metric, unit }: Choice): Per[] {
  if (metric.key === "duty_share") return ["none"];
  const line = unit.layer.geometry === "line";
  return PERS.filter((per) => per === "none" || (line ? per === "km" : per === "km2" || (per === "households" && metric.key !== "households")));
}

/** Whether the values are worked out here, and so are not in the tiles. */
export function isDerived({ metric, per }: Choice): boolean {
  return isCounted(metric) || per !== "none";
}

export class NeedsPeriod extends Error {}

export async function valuesOf(choice: Choice, first: "highest" | "lowest", signal: AbortSignal, wanted = chosen()): Promise<Measures> {
  const { metric, unit, per } = choice;
  if (!isDerived(choice)) return measures(metric.key, { ...unit.query, first }, signal);
  const other = comparedWith(wanted);
  if (metric.key === DIFFERENCE && !other) throw new NeedsPeriod(t("difference_needs"));
  const [units, before, computed] = await Promise.all([
    countsOf(unit.query, isCounted(metric) ? queryOf(wanted) : {}, signal),
    metric.key === DIFFERENCE ? countsOf(unit.query, queryOf({ ...wanted, ...other! }), signal) : null,
    isCounted(metric) ? null : measures(metric.key, { ...unit.query, limit: 0 }, signal),
  ]);
  const earlier = new Map(before?.groups.map(({ id, count }) => [id, count]));
  const plain = (one: Unit) => (computed ? (computed.values[one.id] ?? null) : minus(one.count, before ? (earlier.get(one.id) ?? null) : 0));
  const hidden: number[] = [];
  const found = units.groups.flatMap((one) => {
    const [value, size] = [plain(one), sizeOf(one, per)];
    if (value === null && metric.least) hidden.push(one.id);
    return value === null || !size ? [] : [{ id: one.id, name: one.name ?? one.key, value: value / size, bbox: one.bbox }];
  });
  found.sort((a, b) => (first === "highest" ? b.value - a.value : a.value - b.value));
  return {
    metric: metric.key, layer: unit.layer.key, unit: metric.unit + (per === "none" ? "" : ` / ${t(`per_unit_${per}`)}`),
    revision: computed?.revision ?? null, computed_at: computed?.computed_at ?? null,
    values: Object.fromEntries([...found.map(({ id, value }): [number, number] => [id, value]), ...hidden.map((id): [number, null] => [id, null])]), units: found.slice(0, LISTED),
  };
}

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

function sizeOf(one: Unit, per: Per): number | null {
  if (per === "households") return one.households && one.households / 1000;
  if (per === "km2") return one.area_m2 && one.area_m2 / 1e6;
  if (per === "km") return one.length_m && one.length_m / 1000;
  return 1;
}
