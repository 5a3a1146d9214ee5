// The span of control: chiefs against the norms, staff needed and there, households per worker.
import type { Area, Bounds } from "../api";
import { h } from "../dom";
import { number, t, tValue } from "../i18n";
import { km } from "./figures";
import type { Control } from "./service";

export const LISTS = ["chiefs", "staff", "workers"] as const;
export type List = (typeof LISTS)[number];

const whole = (value: number | null) => (value === null ? "<5" : number(Math.round(value)));

interface Line {
  code: string;
  name: string;
  much: string;
  detail: string;
  /** Percent of what is allowed. */
  load: number;
}

export function controlList(control: Control, list: List, areas: Area[], go: (box: Bounds) => void): HTMLElement[] {
  const boxes = new Map(areas.map(({ code, bbox }) => [code, bbox]));
  const lines = { chiefs, staff, workers }[list](control);
  if (lines.length === 0) return [h("p", { class: "empty" }, t("coverage_nothing"))];
  const { norms, most_households } = control;
  const note = list === "workers"
    ? t("coverage_workers_note", { n: number(most_households) })
    : t("coverage_norm", { km: km(norms.metres), doors: norms.doors, cases: norms.cases });
  return [h("p", { class: "note" }, note), h("ol", { class: "rows" }, ...lines.map((line) => {
    const box = boxes.get(line.code);
    const cells = cellsOf(line);
    return h("li", { class: line.load > 100 ? "over" : "" }, box ? h("button", { type: "button", "data-code": line.code, onclick: () => go(box) }, ...cells) : h("div", {}, ...cells));
  }))];
}

function cellsOf({ name, much, detail, load }: Line): HTMLElement[] {
  const bar = h("span", { class: "load", "aria-hidden": "true" }, h("i", {}));
  (bar.firstChild as HTMLElement).style.width = `${Math.min(100, load / 2)}%`;
  return [h("span", { class: "name" }, name), h("span", { class: "much" }, much), bar, h("small", {}, detail)];
}

function chiefs(control: Control): Line[] {
  return control.chiefs.map(({ code, name, department, roles, metres, doors, cases, load }) => ({
    code: "", name: `${name}  ${code}`, much: `${number(Math.round(load))}%`, load,
    detail: [roles.split(",").map((role) => tValue("role", role)).join(t("coverage_and")), department, t("coverage_chief_line", { km: km(metres), doors: number(doors), cases: whole(cases) })].filter(Boolean).join(" · "),
  }));
}

function staff(control: Control): Line[] {
  return [...control.staff].sort((a, b) => b.short - a.short || b.needed - a.needed).map(({ code, name, there, needed, short }) => ({
    code, name, much: short ? t("coverage_short", { n: short }) : t("coverage_enough"),
    detail: t("coverage_staff_line", { there, needed }), load: there ? (100 * needed) / there : needed ? 200 : 0,
  }));
}

function workers(control: Control): Line[] {
  return control.workers.map(({ code, name, households, workers: there, each }) => ({
    code, name, much: each === null ? "–" : t("coverage_each", { n: number(Math.round(each)) }),
    detail: t("coverage_workers_line", { households: number(households), workers: there }),
    load: each === null ? 200 : (100 * each) / control.most_households,
  }));
}
