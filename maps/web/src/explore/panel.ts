// The filter panel: choices as chips, how many there are, the period, and when they happen.
import type { Map as MapLibre } from "maplibre-gl";
import type { Area, Chief, Layer } from "../api";
import { Problem } from "../api";
import { h, icon, ICONS } from "../dom";
import { narrow } from "../draw/sources";
import { picker } from "../figures/panel";
import type { Fresh } from "../fresh";
import { number, t, tValue, whenLanguage } from "../i18n";
import { retile, whenStyled } from "../map";
import { besideButton } from "./beside";
import { change, chosen, COLUMNS, comparedWith, isNarrowed, nothing, queryOf, setPassed, whenChosen } from "./chosen";
import type { Chosen, Column, Query } from "./chosen";
import { comparison } from "./compare";
import { countsBy } from "./counts";
import type { Counts } from "./counts";
import { heatChart } from "./heat";
import { kindsChart } from "./kinds";
import { periodChart } from "./period";

const FORMATS = { xlsx: "Excel", csv: "CSV", gpkg: "GeoPackage", geojson: "GeoJSON" };
const TYPING_MS = 300;

/** Columns whose values are offered with their numbers. */
const COUNTED = ["class", "subclass", "status"] as const;
type Counted = (typeof COUNTED)[number];
/** What codes stand for, of the columns that hold codes. */
type Names = Partial<Record<Column, Map<string, string>>>;

interface Known {
  total: Counts["total"] | null;
  failed: string;
}

export function explorePanel(map: MapLibre, fresh: Fresh, areas: Area[], chiefs: Chief[]): HTMLElement {
  const known: Known = { total: null, failed: "" };
  let asked = new AbortController();
  const options: Record<Counted, Counts["groups"]> = { class: [], subclass: [], status: [] };
  const names = { street: nameOf(areas), area: nameOf(areas), chief: nameOf(chiefs) };
  const hits = h("div", { class: "hits" });
  const chips = h("ul", { class: "chips" });
  const pick = pickers(options, areas, chiefs);
  const period = periodChart();
  const heat = heatChart();
  const kinds = kindsChart();
  const compare = comparison(besideButton(map, fresh.declared));

  const render = () => {
    hits.replaceChildren(...hitLines(known, () => void look()));
    fillChips(chips, names);
    pick.fill();
  };
  const look = async () => {
    asked.abort();
    asked = new AbortController();
    const [{ signal }, wanted] = [asked, chosen()];
    const query = queryOf(wanted);
    const other = comparedWith(wanted);
    try {
      const before = other && countsBy("class", queryOf({ ...wanted, ...other }), signal);
      const [hours, days, classes] = await Promise.all([
        countsBy("hour_weekday", query, signal), countsBy("day", queryOf(wanted, false), signal), countsBy("class", query, signal),
      ]);
      known.total = hours.total;
      setPassed(hours.total.count);
      known.failed = "";
      period.show(days.groups);
      heat.show(hours.groups);
      const then = before && (await before);
      kinds.show(classes, then);
      compare.show(classes, other && { ...other, counts: then! });
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      known.failed = error instanceof Problem ? error.message : t("offline");
    }
    render();
  };
  const learn = async () => {
    const all = await Promise.all(COUNTED.map(async (column) => [column, (await countsBy(column, {})).groups] as const));
    for (const [column, groups] of all) options[column] = groups.filter(({ key }) => key).sort((a, b) => b.count - a.count);
    render();
  };
  const thin = () => {
    const layer = fresh.declared.layers.find(({ key }) => key === "incidents");
    if (layer) whenStyled(map, () => thinned(map, layer));
  };

  whenLanguage(render);
  whenChosen(() => {
    render();
    thin();
    void look();
  });
  fresh.when((changed) => {
    if (changed.includes("incidents")) void look();
  });
  if (isNarrowed()) thin();
  const begin = () => {
    void learn().catch(() => undefined);
    void look();
  };
  // A browser asks a host six things at once: the first view's tiles go before what a closed panel counts.
  if (isNarrowed() || map.loaded()) begin();
  else map.once("load", begin);
  return h("div", { class: "explore-panel" }, hits, chips, ...pick.elements, period.element, heat.element, kinds.element, compare.element);
}

/** Ask for the tiles of incidents by what is wanted now. */
function thinned(map: MapLibre, layer: Layer): void {
  narrow(layer.key, { ...queryOf(chosen()) });
  retile(map, layer);
}

function hitLines({ total, failed }: Known, again: () => void): HTMLElement[] {
  const query = queryOf(chosen());
  if (failed) return [h("p", { class: "error", role: "alert" }, failed), h("button", { type: "button", class: "quiet clear-all", onclick: again }, t("retry"))];
  if (!total) return [h("p", { role: "status" }, t("place_loading"))];
  const facts = `${t("open")} ${number(total.open)} · ${t("late")} ${number(total.late)}`;
  const clear = h("button", { type: "button", class: "quiet clear-all", onclick: () => change(nothing()) }, icon(ICONS.close, 14), t("clear_all"));
  return [
    h("p", { class: "count", role: "status" }, h("b", {}, number(total.count)), ` ${t("incidents_unit")} `, h("span", {}, facts)),
    ...(isNarrowed() ? [clear] : []),
    exportLine(total.count, query),
  ];
}

/** What is filtered, as files: by the very same filter and period. */
function exportLine(count: number, query: Query): HTMLElement {
  if (count === 0) return h("p", { class: "note" }, t("nothing_passes"));
  const links = Object.entries(FORMATS).flatMap(([format, name]) => {
    const href = `/api/export?${new URLSearchParams({ layers: "incidents", format, ...query })}`;
    return [" · ", h("a", { href, download: "" }, name)];
  });
  const [, ...rest] = links;
  const line = h("p", { class: "note export" }, t("export_these"), " ");
  line.append(...rest);
  return line;
}

function fillChips(list: HTMLElement, names: Names): void {
  const wanted = chosen();
  const chip = (text: string, drop: () => void) =>
    h("li", {}, h("button", { type: "button", class: "chip", "aria-label": t("drop_filter", { what: text }), onclick: drop }, text, icon(ICONS.close, 13)));
  const parts = COLUMNS.flatMap((column) => wanted.values[column].map((value) =>
    chip(wordOf(column, value, names), () => set(column, wanted.values[column].filter((each) => each !== value)))));
  if (wanted.late) parts.push(chip(t(wanted.late), () => change({ late: "" })));
  if (wanted.text) parts.push(chip(`“${wanted.text}”`, () => change({ text: "" })));
  if (wanted.from || wanted.to) parts.push(chip(`${wanted.from || "…"} – ${wanted.to || "…"}`, () => change({ from: "", to: "", compared: "" })));
  list.replaceChildren(...parts);
  list.hidden = parts.length === 0;
}

function wordOf(column: Column, value: string, names: Names): string {
  return column === "status" ? tValue("status", value) : (names[column]?.get(value) ?? value);
}

function nameOf(entries: { code: string; name: string }[]): Map<string, string> {
  return new Map(entries.map(({ code, name }) => [code, name]));
}

function set(column: Column, values: string[]): void {
  change({ values: { ...chosen().values, [column]: values } });
}

/** A chief with department and roads: names alone come twice. */
function chiefLine({ name, department, roads }: Chief): string {
  return [name, roads?.join("、"), department].filter(Boolean).join(" · ");
}

function pickers(options: Record<Counted, Counts["groups"]>, areas: Area[], chiefs: Chief[]) {
  const add = (column: Column, value: string) => {
    if (value) set(column, [...chosen().values[column].filter((each) => each !== value), value]);
  };
  const of = Object.fromEntries(COUNTED.map((column) => [column, picker(`filter-${column}`, (value) => add(column, value))]));
  const place = picker("filter-place", (code) => add(areas.find((area) => area.code === code)?.level === "street" ? "street" : "area", code));
  const chief = picker("filter-chief", (code) => add("chief", code));
  const late = picker("filter-late", (value) => change({ late: value as Chosen["late"] }));
  const label = h("label", { for: "filter-text" });
  let typing = 0;
  const text = h("input", {
    id: "filter-text", type: "search", maxlength: 60, autocomplete: "off",
    oninput: () => {
      window.clearTimeout(typing);
      typing = window.setTimeout(() => change({ text: text.value.trim() }), TYPING_MS);
    },
  });
  return {
    elements: [of["class"]!, of["subclass"]!, of["status"]!, place, chief, late].map(({ element }) => element).concat(h("div", { class: "pick" }, label, text)),
    fill() {
      for (const [column, one] of Object.entries(of)) {
        const left = options[column as Counted].filter(({ key }) => !chosen().values[column as Column].includes(key!));
        one.fill(t(`by_${column}` as "by_class"), [["", t("all_or_add")], ...left.map(({ key, count }): [string, string] =>
          [key!, `${column === "status" ? tValue("status", key!) : key} (${number(count)})`])], "");
      }
      const levels = areas.filter(({ level }) => level !== "district");
      place.fill(t("by_place"), [["", t("all_or_add")], ...levels.map(({ code, name, level }): [string, string] => [code, level === "street" ? name : `　${name}`])], "");
      const others = chiefs.filter(({ code }) => !chosen().values.chief.includes(code));
      chief.fill(t("by_chief"), chiefs.length ? [["", t("all_or_add")], ...others.map((one): [string, string] => [one.code, chiefLine(one)])] : [], "");
      late.fill(t("late"), [["", t("all")], ["late", t("late")], ["in_time", t("in_time")]], chosen().late);
      label.textContent = t("filter_text");
      text.placeholder = t("filter_text_hint");
      if (document.activeElement !== text) text.value = chosen().text;
    },
  };
}
