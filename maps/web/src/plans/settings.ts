// What a draft is called, a note on it, and the limits that its grids should keep to: saved as one step.
import { h } from "../dom";
import { t } from "../i18n";
import type { Desk } from "./desk";
import * as service from "./service";
import type { Limits, Painted } from "./service";

type Name = keyof Limits;

/** Limits with what they are shown times, and how many steps a unit has. */
const ROWS: { what: "households" | "load" | "area" | "compactness"; times: number; step: string }[] = [
  { what: "households", times: 1, step: "1" }, { what: "load", times: 100, step: "1" }, { what: "area", times: 1e-4, step: "0.1" }, { what: "compactness", times: 1, step: "0.01" },
];

/** `ask` sends a stroke that only the service knows the outcome of. */
export function settingsPart(desk: Desk, ask: (send: (version: number) => Promise<Painted>) => void): HTMLElement[] {
  const { plan } = desk.editor;
  const open = desk.editable();
  const name = h("input", { id: "plan-name", class: "text", type: "text", maxlength: 100, required: true, value: plan.name, disabled: !open });
  const note = h("textarea", { id: "plan-note", rows: 2, maxlength: 2000, disabled: !open }, plan.note);
  const inputs = new Map<Name, HTMLInputElement>();
  const input = (limit: Name, times: number, step: string) => {
    const value = plan.limits[limit];
    const one = h("input", {
      id: `limit-${limit}`, class: "text", type: "number", min: 0, step: open ? step : "any", disabled: !open, value: value === null ? "" : String(Number((value * times).toPrecision(12))),
      "aria-label": `${t(`plans_limit_${limit.split("_")[0] as "area"}`)} ${t(limit.endsWith("least") ? "plans_least" : "plans_most_of")}`,
    });
    inputs.set(limit, one);
    return one;
  };
  const table = h("table", { id: "limits" },
    h("thead", {}, h("tr", {}, ...(["plans_limits", "plans_least", "plans_most_of"] as const).map((key) => h("th", { scope: "col" }, t(key))))),
    h("tbody", {}, ...ROWS.map(({ what, times, step }) => h("tr", {}, h("th", { scope: "row" }, t(`plans_limit_${what}`)),
      h("td", {}, input(`${what}_least`, times, step)), h("td", {}, what === "compactness" ? null : input(`${what}_most`, times, step))))));
  const limits = () => {
    const given: Partial<Limits> = {};
    for (const { what, times } of ROWS)
      for (const limit of [`${what}_least`, `${what}_most`] as Name[]) {
        const text = inputs.get(limit)?.value;
        if (text !== undefined) given[limit] = text === "" ? null : Number((Number(text) / times).toPrecision(12));
      }
    return given;
  };
  const save = (given: object) => ask((version) => service.change(plan.id, version, { name: name.value.trim() || plan.name, note: note.value, limits: given }));
  const submit = (event: Event) => {
    event.preventDefault();
    const given = limits();
    const upside = ROWS.find(({ what }) => what !== "compactness" && (given[`${what}_least`] ?? 0) > (given[`${what}_most`] ?? Infinity));
    if (upside) return desk.tell(t("plans_limit_order", { what: t(`plans_limit_${upside.what}`) }), true);
    save(given);
  };
  return [h("form", { id: "settings", onsubmit: submit },
    h("div", { class: "field-pair" }, h("label", { for: "plan-name" }, t("plans_name")), name),
    h("div", { class: "field-pair" }, h("label", { for: "plan-note" }, t("plans_draft_note")), note),
    table, open ? h("p", { class: "note" }, t("plans_settings_note")) : null,
    open ? h("div", { class: "acts-line" }, h("button", { class: "action", type: "submit", id: "save-settings" }, t("plans_save")),
      h("button", { class: "second", type: "button", id: "usual-limits", onclick: () => save({}) }, t("plans_usual"))) : null)];
}
