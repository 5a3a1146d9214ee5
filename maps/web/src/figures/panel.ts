// The panel of figures: choose what the map is coloured by, and read the same as a list.
import type { Measures, MeasuredUnit } from "../api";
import { h } from "../dom";
import { figure, named, t, unitName } from "../i18n";
import type { Choice } from "./choice";
import { nameOf } from "./choice";

export type First = "highest" | "lowest";

/** A labelled choice. Its element stays, so that the keyboard stays where it is. */
export function picker(id: string, change: (value: string) => void) {
  const label = h("label", { for: id });
  const select = h("select", { id, onchange: () => change(select.value) });
  return {
    element: h("div", { class: "pick" }, label, select),
    fill(name: string, options: [value: string, text: string][], chosen: string) {
      label.textContent = name;
      select.replaceChildren(...options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
      select.value = chosen;
      select.disabled = options.length === 0;
    },
  };
}

export function unitList(choice: Choice, found: Measures, colourOf: (value: number) => string, first: First,
  turn: () => void, go: (unit: MeasuredUnit) => void): HTMLElement[] {
  const total = Object.keys(found.values).length;
  const most = Math.max(...found.units.map(({ value }) => Math.abs(value)), 0);
  const shown = total > found.units.length ? t("figures_some", { n: found.units.length, all: figure(total) }) : t("figures_all", { n: figure(total) });
  return [
    h("div", { class: "list-head" },
      h("h3", {}, `${named(choice.metric)} · ${nameOf(choice.unit)}`),
      h("button", { type: "button", class: "quiet turn", onclick: turn }, t(first === "highest" ? "highest_first" : "lowest_first"))),
    h("p", { class: "note" }, shown),
    h("ol", { class: "units-by-value" }, ...found.units.map((unit) => h("li", {}, unitButton(unit, found.unit, most, colourOf, go)))),
  ];
}

function unitButton(unit: MeasuredUnit, of: string, most: number, colourOf: (value: number) => string, go: (unit: MeasuredUnit) => void): HTMLElement {
  const bar = h("i", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", String(most ? Math.abs(unit.value) / most : 0));
  bar.style.setProperty("--colour", colourOf(unit.value));
  return h("button", { type: "button", class: "unit", "data-unit": unit.id, onclick: () => go(unit) },
    h("span", { class: "name" }, titleOf(unit)),
    h("span", { class: "value" }, [figure(unit.value), unitName(of)].filter(Boolean).join(" ")),
    bar);
}

function titleOf({ name, code, seq }: MeasuredUnit): string {
  if (seq !== undefined) return [name ?? t("unnamed_road"), seq === null ? "" : t("segment_no", { n: seq })].filter(Boolean).join(" · ");
  return name || code || "";
}

/** Of which data the figures are, so that they can be computed again. */
export function origin({ revision, computed_at }: Measures, language: string): string {
  const time = computed_at ? new Date(computed_at).toLocaleString(language === "en" ? "en-GB" : "zh-CN", { dateStyle: "short", timeStyle: "short" }) : "";
  return t("figures_origin", { time, revision: revision ?? "" });
}
