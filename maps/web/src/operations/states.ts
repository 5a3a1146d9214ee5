// What stands for the state of a case: a shape and a colour each, so that neither is needed alone.
import { t } from "../i18n";
import { localTime, today } from "../zone";
import type { Case } from "./service";

export type Tab = "new" | "work" | "check" | "late";
export const TABS: Tab[] = ["new", "work", "check", "late"];

const STATES_OF: Record<Exclude<Tab, "late">, string[]> = {
  new: ["reported", "filed"],
  work: ["dispatched", "handling"],
  check: ["handled"],
};

// Shapes on a field of 20 × 20. Colours are told apart by people who see red and green alike.
export const SHAPES: Record<string, { d: string; colour: string; hollow?: boolean }> = {
  reported: { d: "M10 2.500 18 16.500H2z", colour: "#b7540a", hollow: true },
  filed: { d: "M10 2.500 18 16.500H2z", colour: "#b7540a" },
  dispatched: { d: "M10 1.500 18.500 10 10 18.500 1.500 10z", colour: "#1d5fd1", hollow: true },
  handling: { d: "M10 1.500 18.500 10 10 18.500 1.500 10z", colour: "#1d5fd1" },
  handled: { d: "M3.500 3.500h13v13h-13z", colour: "#5b3f9e" },
  closed: { d: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14z", colour: "#5d6878" },
  cancelled: { d: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14z", colour: "#8a94a3", hollow: true },
};
export const LATE = "#b3123c";

const SVG = "http://www.w3.org/2000/svg";

export function mark(status: string, size = 16): SVGSVGElement {
  const { d, colour, hollow } = SHAPES[status] ?? SHAPES["closed"]!;
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const said = { viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true", class: "mark" };
  for (const [name, value] of Object.entries(said)) svg.setAttribute(name, String(value));
  for (const [name, value] of Object.entries({ d, fill: hollow ? "#fff" : colour, stroke: colour, "stroke-width": 2, "stroke-linejoin": "round" })) {
    path.setAttribute(name, String(value));
  }
  svg.append(path);
  return svg;
}

/** When the clock of a case stopped: handled, or else closed; now, while it runs. */
function clockOf({ handled_at, closed_at }: Case): number {
  const stopped = handled_at ?? closed_at;
  return stopped === null ? Date.now() : Date.parse(stopped);
}

/** Late at this moment: the service said so when it was read, and time goes on. */
export function isLate(one: Case): boolean {
  return one.open && one.due_at !== null && Date.parse(one.due_at) < clockOf(one);
}

export function isIn(tab: Tab, one: Case): boolean {
  return tab === "late" ? isLate(one) : STATES_OF[tab].includes(one.status);
}

export function span(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return t("span_minutes", { n: minutes });
  if (minutes < 48 * 60) return t("span_hours", { n: Math.round(minutes / 60) });
  return t("span_days", { n: Math.round(minutes / 1440) });
}

const FULL_MS = 72 * 3_600_000;

/** The age of a case: how much of its time is used, and in words what is left or over. */
export function age(one: Case): { used: number; text: string } {
  const { reported_at, due_at } = one;
  const since = Date.parse(reported_at);
  const passed = clockOf(one) - since;
  if (due_at === null) return { used: Math.min(1, passed / FULL_MS), text: t("age_of", { span: span(passed) }) };
  const due = Date.parse(due_at);
  const left = due - clockOf(one);
  return {
    used: Math.min(1, passed / Math.max(1, due - since)),
    text: left < 0 ? t("time_over", { span: span(-left) }) : one.handled_at ? t("handled_in", { span: span(passed) }) : t("time_left", { span: span(left) }),
  };
}

/** A time in the district's zone; without the year where it is this one. */
export function when(text: string): string {
  const at = localTime(text);
  return at.slice(0, 4) === today().slice(0, 4) ? at.slice(5) : at;
}
