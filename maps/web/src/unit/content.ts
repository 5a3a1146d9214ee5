// The panel of one unit: what it is, what happens there, who is responsible, how it compares.
import { codeToCopy } from "../code";
import type { Layers } from "../api";
import { h } from "../dom";
import { figure, language, metres, named, number, t, tValue } from "../i18n";
import type { Key } from "../i18n";
import { doorsList } from "./doors";
import { trendChart } from "./trend";
import type { Case, Parent, UnitRef, UnitTold } from "./types";

export interface Ways {
  /** Open the panel of another unit. */
  unit(ref: UnitRef): void;
  /** Open the panel of a place. */
  place(at: [number, number]): void;
}

// More than this many times the mean for each worker is marked.
const HEAVY = 1.5;
const TOLD_ELSEWHERE = new Set(["name", "code", "households", "people", "workers", "area", "length_m", "outermost", "block", "road", "seq", "plan", "level", "system", "kind", "class", "tier", "category", "listed"]);

export function unitContent(told: UnitTold, declared: Layers, ways: Ways): HTMLElement[] {
  return [
    heading(told, declared, ways),
    sizes(told),
    incidents(told),
    cases(told.cases, ways),
    merchants(told, ways),
    load(told),
    chiefs(told),
    neighbours(told, ways),
    within(told, declared, ways),
    stations(told, ways),
    facts(told, declared),
    foot(told),
  ].filter((part) => part !== null);
}

export function titleOf({ layer, name, code, facts }: UnitTold): string {
  if (layer !== "segments") return name || code || t("unnamed_road");
  return [name ?? t("unnamed_road"), facts["seq"] ? t("segment_no", { n: Number(facts["seq"]) }) : ""].filter(Boolean).join(" · ");
}

/** What kind of unit it is: the level of an area, the system of a grid. */
function kindOf({ layer, facts }: UnitTold, declared: Layers): string {
  if (layer === "areas") return tValue("level", String(facts["level"]));
  if (layer === "segments") return tValue("class", String(facts["class"]));
  const of = declared.layers.find(({ key }) => key === layer);
  const system = of?.style.swatches.find(({ value }) => value === facts["system"]);
  return system ? named(system) : tValue("one_of", layer);
}

function link(text: string, go: () => void, className = ""): HTMLElement {
  return h("button", { type: "button", class: `link ${className}`, onclick: go }, text);
}

function heading(told: UnitTold, declared: Layers, ways: Ways): HTMLElement {
  const areas = told.parents.filter(({ layer }) => layer === "areas");
  const tags = [kindOf(told, declared), tValue("listed", String(told.facts["listed"] ?? "")), String(told.facts["category"] ?? "")];
  return h("header", {},
    h("p", { class: "tags" }, ...tags.filter(Boolean).map((text) => h("span", { class: "tag" }, text))),
    h("h2", { id: "place-title", tabindex: -1 }, titleOf(told)),
    told.code && told.code !== titleOf(told) ? codeToCopy(told.code, t("unit_code")) : null,
    areas.length > 0 && h("p", { class: "path" }, ...areas.map((one) => h("span", {}, link(one.name, () => ways.unit(one))))));
}

function section(title: string, className: string, ...children: (Node | string | null | false)[]): HTMLElement {
  return h("section", { class: className }, h("h3", {}, title), ...children);
}

/** A row of figures with their names. */
function tiles(entries: [name: string, value: string, warn?: boolean][]): HTMLElement {
  return h("dl", { class: "tiles" }, ...entries.map(([name, value, warn]) =>
    h("div", { class: warn ? "warn" : "" }, h("dt", {}, name), h("dd", {}, value))));
}

function sizes({ facts, area_m2, length_m }: UnitTold): HTMLElement | null {
  const entries: [string, string][] = [];
  for (const name of ["households", "people", "workers"] as const) {
    const value = facts[name];
    if (typeof value === "number") entries.push([t(`unit_${name}`), number(value)]);
  }
  if (area_m2 !== null) entries.push([t("unit_area"), squareMetres(area_m2)]);
  if (length_m !== null) entries.push([t("unit_length"), metres(length_m)]);
  return entries.length ? h("section", { class: "sizes" }, tiles(entries)) : null;
}

export function squareMetres(value: number): string {
  return value < 1e5 ? `${number(Math.round(value))} m²` : `${(value / 1e6).toFixed(2)} km²`;
}

function incidents({ counts, classes, trend, near_m, until }: UnitTold): HTMLElement {
  const most = classes[0]?.count ?? 1;
  const title = near_m === null ? t("unit_incidents") : t("unit_incidents_near", { n: near_m });
  return section(title, "unit-incidents",
    tiles([
      [t("unit_days_30"), number(counts.days_30)], [t("unit_days_365"), number(counts.days_365)],
      [t("open"), number(counts.open)], [t("late"), number(counts.late), counts.late > 0],
    ]),
    counts.all === 0 ? h("p", { class: "none" }, t("unit_no_incidents")) : trendChart(trend),
    classes.length > 0 && h("ol", { class: "classes-top", "aria-label": t("unit_classes") }, ...classes.map((one) => {
      const bar = h("i", { class: "bar", "aria-hidden": "true" });
      bar.style.setProperty("--share", String(one.count / most));
      return h("li", {}, h("span", {}, one.class), h("b", {}, number(one.count)), bar);
    })),
    h("p", { class: "note" }, t("unit_until", { day: until.slice(0, 10) })));
}

function cases(found: Case[], ways: Ways): HTMLElement | null {
  if (found.length === 0) return null;
  return section(t("unit_cases"), "unit-cases", h("ul", { class: "rows" }, ...found.map((one) => h("li", {},
    h("button", { type: "button", class: "entry", onclick: () => ways.place([one.lon, one.lat]) },
      h("span", { class: "name" }, one.class),
      h("span", { class: `tag ${one.late ? "late" : ""}` }, one.late ? t("late") : tValue("status", one.status)),
      h("span", { class: "detail" }, [one.reported_at.slice(0, 10), one.address ?? one.code].join(" · ")))))));
}

function merchants({ merchants }: UnitTold, ways: Ways): HTMLElement | null {
  if (!merchants) return null;
  if (!merchants.rows) return section(t("kind_merchant"), "unit-merchants", tiles([[t("unit_merchants"), number(merchants.count)]]));
  return section(t("unit_doors", { n: number(merchants.count) }), "unit-merchants",
    merchants.count === 0 ? h("p", { class: "none" }, t("unit_no_doors")) : doorsList(merchants.rows, ways));
}

/** Hours of work a week, for each worker, and how that stands to others of its kind. */
function load({ load }: UnitTold): HTMLElement | null {
  if (!load) return null;
  const hours = (minutes: number) => t("load_hours", { n: (minutes / 60).toFixed(1) });
  const entries: [string, string, boolean?][] = [[t("load_week"), hours(load.value)]];
  if (load.per_worker !== null) entries.push([t("load_each"), hours(load.per_worker)]);
  if (load.times_mean !== null) entries.push([t("load_times"), `× ${load.times_mean.toFixed(2)}`, load.times_mean > HEAVY]);
  const rule = language() === "en" ? load.rule.title_en : load.rule.title;
  const parts = Object.entries(load.parts).filter(([, minutes]) => minutes > 0).sort(([, a], [, b]) => b - a);
  return section(t("unit_load"), "unit-load", tiles(entries),
    h("ol", { class: "classes-top", "aria-label": t("load_parts") }, ...parts.map(([part, minutes]) => {
      const bar = h("i", { class: "bar", "aria-hidden": "true" });
      bar.style.setProperty("--share", String(minutes / parts[0]![1]));
      return h("li", {}, h("span", {}, tValue("load_part", part)), h("b", {}, hours(minutes)), bar);
    })), h("p", { class: "note" }, t("load_rule", { rule, version: load.rule.version })));
}

function chiefs({ chiefs }: UnitTold): HTMLElement {
  if (chiefs.length === 0) return section(t("unit_chiefs"), "road", h("p", { class: "none warn" }, t("no_chief")));
  return section(t("unit_chiefs"), "road", h("ul", { class: "chiefs" }, ...chiefs.map(({ role, name, department, phone, metres: length, sides }) => {
    const side = sides.length === 1 ? t(`side_${sides[0] as "L" | "R"}`) : t("unit_both_sides");
    return h("li", {}, h("span", { class: "tag" }, tValue("role", role)), h("b", {}, name),
      h("span", {}, [phone, `${side} ${metres(length)}`, department].filter(Boolean).join(" · ")));
  })));
}

function neighbours({ layer, neighbours }: UnitTold, ways: Ways): HTMLElement | null {
  if (!neighbours || neighbours.value === null || neighbours.median === null) return null;
  const { value, median, units, relation } = neighbours;
  const most = Math.max(1, value, ...units.map((one) => one.value ?? 0));
  const row = (name: string, of: number | null, className: string, go?: () => void) => {
    const bar = h("i", { class: "bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", String((of ?? 0) / most));
    return h("li", { class: className }, go ? link(name, go) : h("span", {}, name), h("b", {}, of === null ? "–" : figure(of)), bar);
  };
  const nameOf = (name: string | null) => (layer === "segments" ? t("segment_no", { n: name ?? "–" }) : name ?? "");
  return section(t(relation === "edge" ? "unit_beside" : "unit_beside_road"), "unit-beside",
    h("p", { class: "facts" }, t(value > median ? "unit_above" : value < median ? "unit_below" : "unit_equal", { n: figure(value), median: figure(median) })),
    h("ol", { class: "classes-top" },
      row(t("unit_this"), value, "own"), row(t("unit_median"), median, "median"),
      ...units.slice(0, 8).map((one) => row(nameOf(one.name), one.value, "", () => ways.unit({ layer, id: one.id })))));
}

const PART_OF: Record<string, Key> = { blocks: "kind_block", grids: "kind_grid", named_roads: "kind_road", segments: "unit_segment" };

/** What it lies in besides areas: block, grids, road, segment. */
function within({ parents }: UnitTold, declared: Layers, ways: Ways): HTMLElement | null {
  const found = parents.filter(({ layer }) => layer !== "areas");
  return found.length ? section(t("unit_within"), "unit-within", unitRows(found, declared, ways)) : null;
}

/** Units with their figures, each leading to its panel. */
export function unitRows(units: Parent[], declared: Layers, ways: Ways): HTMLElement {
  const swatches = declared.layers.find(({ key }) => key === "grids")?.style.swatches ?? [];
  return h("ul", { class: "rows" }, ...units.map((one) => {
    const system = swatches.find(({ value }) => one.layer === "grids" && value === one.detail);
    const kind = one.layer === "areas" ? tValue("level", one.detail ?? "") : system ? named(system) : t(PART_OF[one.layer] ?? "kind_area");
    const name = one.layer === "segments" ? t("segment_no", { n: one.detail ?? "–" }) : one.name;
    const said = [
      one.households === null ? "" : `${number(one.households)} ${t("households")}`,
      one.incidents === null ? "" : t("unit_some_incidents", { n: number(one.incidents), open: number(one.open ?? 0) }),
    ];
    const entry = h("button", { type: "button", class: "entry", "data-unit-ref": `${one.layer}:${one.id}`, onclick: () => ways.unit(one) },
      h("span", { class: "name" }, name || t("unnamed_road")), h("span", { class: "kind" }, kind),
      h("span", { class: "detail" }, said.filter(Boolean).join(" · ")));
    if (system) entry.style.setProperty("--colour", system.colour);
    return h("li", {}, entry);
  }));
}

function stations({ stations }: UnitTold, ways: Ways): HTMLElement | null {
  if (stations.length === 0) return null;
  return section(t("unit_stations"), "unit-stations", h("ul", { class: "rows" }, ...stations.map((one) => h("li", {},
    h("button", { type: "button", class: "entry", onclick: () => ways.unit({ layer: "stations", id: one.id }) },
      h("span", { class: "name" }, one.name), h("span", { class: "kind" }, metres(one.distance_m)),
      h("span", { class: "detail" }, tValue("tier", one.tier)))))));
}

/** The other columns that are declared of its layer. */
function facts({ layer, facts }: UnitTold, declared: Layers): HTMLElement | null {
  const columns = declared.layers.find(({ key }) => key === layer)?.columns ?? [];
  const known = columns.filter(({ name }) => !TOLD_ELSEWHERE.has(name) && facts[name] !== null && facts[name] !== undefined);
  if (known.length === 0) return null;
  return section(t("unit_facts"), "unit-facts", h("dl", {}, ...known.map((column) =>
    h("div", {}, h("dt", {}, named(column)), h("dd", {}, said(column.name, facts[column.name]!, column.unit))))));
}

function said(name: string, value: string | number | boolean, unit: string): string {
  if (typeof value === "number") return [figure(value), unit].filter(Boolean).join(" ");
  return name === "side" ? t(`side_${value as "L" | "R"}`) : String(value);
}

function foot({ as_of, lon, lat }: UnitTold): HTMLElement {
  return h("footer", {}, h("span", {}, t("unit_as_of", { day: as_of })), codeToCopy(`${lon.toFixed(6)}, ${lat.toFixed(6)}`, t("coordinates")));
}
