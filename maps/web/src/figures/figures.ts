// Figures on the map: from a choice to values, from values to classes, and these to map, key and list.
import type { Map as MapLibre } from "maplibre-gl";
import { measures, Problem } from "../api";
import type { Layers, Measures, MeasuredUnit } from "../api";
import type { Class } from "../classes";
import { quantiles } from "../classes";
import { h, icon, ICONS } from "../dom";
import { NO_VALUE, VALUES } from "../draw/ramps";
import type { Fresh } from "../fresh";
import { language, named, t, unitName, whenLanguage } from "../i18n";
import { classList, entry, setKey, swatch } from "../key";
import type { Choice } from "./choice";
import { nameOf, queryOf, readChoice, unitOr, unitsOf, writeChoice } from "./choice";
import { paint, repaint } from "./paint";
import type { First } from "./panel";
import { origin, picker, unitList } from "./panel";

export function figuresPanel(map: MapLibre, fresh: Fresh, go: (choice: Choice, unit: MeasuredUnit) => void): HTMLElement {
  let choice: Choice | null = null;
  let found: Measures | null = null;
  let classes: Class[] = [];
  let first: First = "highest";
  let failed = "";
  let asked = new AbortController();

  const metricPicker = picker("figure-metric", (key) => void choose(choiceOf(fresh.declared, key, choice?.unit.key ?? "")));
  const unitPicker = picker("figure-unit", (key) => void choose(choice && choiceOf(fresh.declared, choice.metric.key, key)));
  const list = h("div", { class: "values", "aria-live": "polite" });
  const panel = h("div", { class: "figures-panel" }, metricPicker.element, unitPicker.element, list);

  const fillPickers = () => {
    const { metrics } = fresh.declared;
    metricPicker.fill(t("metric"), [["", t("metric_none")], ...metrics.map((one): [string, string] => [one.key, named(one)])], choice?.metric.key ?? "");
    const units = choice ? unitsOf(choice.metric, fresh.declared) : [];
    unitPicker.fill(t("metric_unit"), units.map((unit) => [unit.key, nameOf(unit)]), choice?.unit.key ?? "");
  };
  const colourOf = (value: number) => classes.filter(({ from }) => value >= from).at(-1)?.colour ?? NO_VALUE;
  const render = () => {
    fillPickers();
    setKey("figures", choice && found ? keySection(choice, found, classes, () => void choose(null)) : null);
    if (failed) list.replaceChildren(h("p", { class: "empty" }, failed));
    else if (!choice) list.replaceChildren(h("p", { class: "empty" }, t("figures_intro")));
    else if (!found) list.replaceChildren(h("p", { class: "empty" }, t("place_loading")));
    else if (!classes.length) list.replaceChildren(h("p", { class: "empty" }, t("figures_none")));
    else {
      const to = choice;
      list.replaceChildren(...unitList(to, found, colourOf, first, turn, (unit) => go(to, unit)), h("p", { class: "note" }, origin(found, language())));
    }
  };
  const turn = async () => {
    first = first === "highest" ? "lowest" : "highest";
    await look();
    list.querySelector<HTMLElement>(".turn")?.focus();
  };
  /** The values of the choice as they are now; true where they are others than before. */
  const look = async (): Promise<boolean> => {
    if (!choice) return false;
    asked.abort();
    asked = new AbortController();
    const before = JSON.stringify(found?.values);
    try {
      found = await measures(choice.metric.key, { layer: choice.unit.layer.key, ...queryOf(choice.unit), first }, asked.signal);
      failed = "";
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return false;
      failed = error instanceof Problem ? error.message : t("offline");
    }
    classes = quantiles(Object.values(found?.values ?? {}), VALUES);
    render();
    return JSON.stringify(found?.values) !== before;
  };
  const choose = async (wanted: Choice | null) => {
    asked.abort();
    [choice, found, classes, failed] = [wanted, null, [], ""];
    writeChoice(choice);
    render();
    await look();
    if (choice === wanted) paint(map, found && choice, classes);
  };

  whenLanguage(render);
  fresh.when(async () => {
    const now = choice;
    if (now && (await look()) && choice === now && map.getSource("measured")) repaint(map, now, classes);
  });
  const reread = () => {
    const wanted = readChoice(fresh.declared);
    if (wanted?.metric.key !== choice?.metric.key || wanted?.unit.key !== choice?.unit.key) void choose(wanted);
  };
  window.addEventListener("hashchange", reread);
  reread();
  return panel;
}

function choiceOf(declared: Layers, metric: string, unit: string): Choice | null {
  const chosen = declared.metrics.find(({ key }) => key === metric);
  return chosen ? { metric: chosen, unit: unitOr(unitsOf(chosen, declared), unit) } : null;
}

function keySection({ metric, unit }: Choice, found: Measures, classes: Class[], leave: () => void): HTMLElement {
  const of = [nameOf(unit), unitName(found.unit)].filter(Boolean).join(" · ");
  const close = h("button", { type: "button", class: "quiet close", "aria-label": t("figures_off"), title: t("figures_off"), onclick: leave }, icon(ICONS.close, 16));
  return h("section", {},
    h("h2", {}, named(metric)), close, h("p", { class: "note" }, of),
    classList(classes, entry(swatch(NO_VALUE, "none"), t("no_value"))));
}
