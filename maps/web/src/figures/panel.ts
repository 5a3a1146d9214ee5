// What is seen of figures besides the map: the pickers, the list of units by value, and the key.
import type { Measures, MeasuredUnit } from "../api";
import type { Class } from "../classes";
import { startOf } from "../classes";
import { h, icon, ICONS } from "../dom";
import { NO_VALUE, STRENGTH } from "../draw/ramps";
import { DIFFERENCE } from "../explore/values";
import { change, figure, language, named, t, unitName } from "../i18n";
import { classList, entry, swatch } from "../key";
import type { Choice } from "./choice";
import { minZoomOf, nameOf } from "./choice";

export interface Shown {
  choice: Choice | null;
  /** The values, once they are there; and why they are not. */
  found: Measures | null;
  failed: string;
  classes: Class[];
  first: "highest" | "lowest";
}

export const NOTHING: Shown = { choice: null, found: null, failed: "", classes: [], first: "highest" };

/** A labelled choice. Its element stays, so that the keyboard stays where it is. */
export function picker(id: string, change: (value: string) => void) {
  const label = h("label", { for: id });
  const select = h("select", { id, onchange: () => change(select.value) });
  const element = h("div", { class: "pick" }, label, select);
  return {
    element,
    fill(name: string, options: [value: string, text: string][], chosen: string) {
      label.textContent = name;
      select.replaceChildren(...options.map(([value, text]) => h("option", { value }, text)));
      select.value = chosen;
      element.hidden = options.length === 0;
    },
  };
}

export function listOf(shown: Shown, turn: () => void, go: (choice: Choice, unit: MeasuredUnit) => void): HTMLElement[] {
  const { choice, found, failed, classes, first } = shown;
  const say = (text: string) => [h("p", { class: "empty" }, text)];
  if (failed) return say(failed);
  if (!choice) return say(t("figures_intro"));
  if (!found) return say(t("place_loading"));
  if (!classes.length) return say(t("figures_none"));
  const most = Math.max(...found.units.map(({ value }) => Math.abs(value)));
  const rows = found.units.map((unit) => h("li", {}, unitButton(unit, found, most, classes, () => go(choice, unit))));
  return [
    h("div", { class: "list-head" },
      h("h3", {}, `${named(choice.metric)} · ${nameOf(choice.unit)}`),
      h("button", { type: "button", class: "quiet turn", onclick: turn }, icon(ICONS[first], 14), t(`${first}_first`))),
    h("p", { class: "note", role: "status" }, howMany(found)),
    h("ol", { class: "units-by-value" }, ...rows),
    h("p", { class: "note" }, origin(found)),
  ];
}

/** The values that may be seen. */
export function known({ values }: Pick<Measures, "values">): number[] {
  return Object.values(values).filter((value) => value !== null);
}

function howMany({ values, units }: Measures): string {
  const all = known({ values }).length;
  return all > units.length ? t("figures_some", { n: units.length, all: figure(all) }) : t("figures_all", { n: figure(all) });
}

function unitButton(unit: MeasuredUnit, { metric, unit: of }: Measures, most: number, classes: Class[], go: () => void): HTMLElement {
  const bar = h("i", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", String(most > 0 ? Math.abs(unit.value) / most : 0));
  bar.style.setProperty("--colour", classes.filter((one) => unit.value >= startOf(one)).at(-1)?.colour ?? NO_VALUE);
  return h("button", { type: "button", class: "unit", "data-unit": unit.id, onclick: go },
    h("span", { class: "name" }, titleOf(unit)),
    h("span", { class: "value" }, [wordOf(metric)(unit.value), unitName(of)].filter(Boolean).join(" ")),
    bar);
}

/** How a value is written: changes with their sign. */
export const wordOf = (metric: string) => (metric === DIFFERENCE ? change : figure);

function titleOf({ name, code, seq }: MeasuredUnit): string {
  if (seq === undefined) return name || code || "";
  return [name ?? t("unnamed_road"), seq === null ? "" : t("segment_no", { n: seq })].filter(Boolean).join(" · ");
}

/** Of which data the figures are, so that they can be computed again. */
function origin({ revision, computed_at }: Measures): string {
  const locale = language() === "en" ? "en-GB" : "zh-CN";
  const time = computed_at && new Date(computed_at).toLocaleString(locale, { dateStyle: "short", timeStyle: "short" });
  if (!revision) return t("figures_counted");
  return t("figures_origin", { time: time ?? "", revision: revision ?? "" });
}

export function keySection({ choice, found, classes }: Shown, zoom: number, leave: () => void, closer: (zoom: number) => void): HTMLElement | null {
  if (!choice || !found) return null;
  const { metric, unit, per, method } = choice;
  const line = unit.layer.geometry === "line";
  const hidden = Object.keys(found.values).length - known(found).length;
  const off = { "aria-label": t("figures_off"), title: t("figures_off") };
  return h("section", {},
    h("h2", {}, named(metric)),
    h("button", { type: "button", class: "quiet close", ...off, onclick: leave }, icon(ICONS.close, 16)),
    h("p", { class: "note" }, [nameOf(unit), unitName(found.unit)].filter(Boolean).join(" · ")),
    h("p", { class: "note" }, [per === "none" ? "" : t(`per_${per}`), metric.key === DIFFERENCE ? t("classing_signed") : t(`classing_${method}`)].filter(Boolean).join(" · ")),
    classList(classes, line ? 1 : STRENGTH.values, wordOf(metric.key), entry(swatch(NO_VALUE, 1, line ? "none line" : "none"), hidden ? t("no_value_or_few", { n: metric.least }) : t("no_value"), hidden ? figure(hidden) : "")),
    zoom < minZoomOf(unit) && h("button", { type: "button", class: "quiet closer", onclick: () => closer(minZoomOf(unit)) }, t("figures_closer")));
}
