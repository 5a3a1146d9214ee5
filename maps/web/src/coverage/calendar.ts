// The calendar of rotations: a row for each, a bar for each turn, over a month or twelve weeks.
import { find, h, isPhone } from "../dom";
import { language, t } from "../i18n";
import { addDays, daysBetween, monthOf, weekOf } from "../days";
import type { Rota, Turn } from "./writing";

export type Span = "month" | "weeks";
const WEEKS = 12;
const COLOURS = ["#cfe3ff", "#d5f0df", "#fde6c4", "#f6d5e4", "#e0dbfa", "#cdeef2", "#f4e3d0", "#e3eac5"];

interface Window {
  from: string;
  to: string;
}

/** The days that the calendar shows around one. */
export function windowOf(span: Span, day: string): Window {
  if (span === "month") return monthOf(day);
  const from = weekOf(day);
  return { from, to: addDays(from, 7 * WEEKS) };
}

interface Calendar {
  rotas: Rota[];
  shown: Window;
  span: Span;
  today: string;
  chosen: number | null;
}

export interface Acts {
  move(day: string): void;
  spread(span: Span): void;
  choose(rota: Rota, turn: Turn | null): void;
}

export function calendarGrid(state: Calendar, acts: Acts): HTMLElement {
  const { shown, span, rotas } = state;
  const back = span === "month" ? addDays(shown.from, -1) : addDays(shown.from, -7 * WEEKS);
  const days = daysBetween(shown.from, shown.to);
  const step = (id: string, text: string, label: "calendar_back" | "calendar_on", day: string) =>
    h("button", { id, type: "button", class: "quiet", "aria-label": t(label), onclick: () => acts.move(day) }, text);
  const spans = (["month", "weeks"] as const).map((one) => h("button", {
    id: `span-${one}`, type: "button", role: "radio", "aria-checked": String(one === span), onclick: () => acts.spread(one),
  }, t(`calendar_${one}`)));
  const inner = h("div", { class: "days" }, head(state, days), ...rotas.map((rota) => row(rota, state, acts)));
  inner.style.setProperty("--days", String(days));
  return h("section", { id: "calendar", class: span, "aria-label": t("calendar") },
    h("header", {}, h("h2", {}, t("calendar")), step("calendar-back", "‹", "calendar_back", back), h("b", { id: "calendar-window" }, titleOf(state)), step("calendar-on", "›", "calendar_on", shown.to),
      h("div", { class: "spans", role: "radiogroup", "aria-label": t("calendar_span") }, ...spans)),
    rotas.length ? h("div", { class: "scroll", tabindex: "0" }, inner) : h("p", { class: "empty" }, t("calendar_none")));
}

function titleOf({ shown, span }: Calendar): string {
  const lang = language() === "en" ? "en-GB" : "zh-CN";
  const date = (day: string, options: Intl.DateTimeFormatOptions) => new Date(`${day}T00:00:00Z`).toLocaleDateString(lang, { timeZone: "UTC", ...options });
  return span === "month" ? date(shown.from, { year: "numeric", month: "long" }) : `${shown.from} – ${addDays(shown.to, -1)}`;
}

/** Numbers of days, or the first days of weeks. */
function head({ shown, span, today }: Calendar, days: number): HTMLElement {
  const cells = Array.from({ length: days }, (_, n) => addDays(shown.from, n));
  return h("div", { class: "dates", "aria-hidden": "true" }, ...cells.map((day, n) => {
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    const text = span === "month" ? String(Number(day.slice(8))) : n % 7 === 0 ? day.slice(5) : "";
    return h("span", { class: [weekday === 0 || weekday === 6 ? "rest" : "", day === today ? "today" : ""].join(" ").trim() }, text);
  }));
}

function row(rota: Rota, state: Calendar, acts: Acts): HTMLElement {
  const name = h("button", { type: "button", class: "rota", "data-rota": rota.id, "aria-pressed": String(rota.id === state.chosen), onclick: () => acts.choose(rota, null) }, rota.name, h("small", {}, rota.roads.join("、")));
  const turns = rota.turns.flatMap((turn) => bar(rota, turn, state, acts));
  return h("div", { class: "line" }, name, h("div", { class: "turns" }, ...today(state), ...turns));
}

function today({ shown, today }: Calendar): HTMLElement[] {
  if (today < shown.from || today >= shown.to) return [];
  const mark = h("i", { class: "now", "aria-hidden": "true" });
  place(mark, shown, today, addDays(today, 1));
  return [mark];
}

function bar(rota: Rota, turn: Turn, { shown }: Calendar, acts: Acts): HTMLElement[] {
  const away = turn.away.map((one) => {
    const part = h("i", { "data-away": turn.valid_from, class: one.answers_name ? "away" : "away nobody", "aria-hidden": "true" }, h("span", {}, one.answers_name ?? t("calendar_nobody")));
    place(part, shown, one.valid_from, one.valid_to);
    return part;
  });
  const button = h("button", {
    id: `bar-${rota.id}-${turn.valid_from}`, type: "button", class: turn.instead ? "turn handed" : "turn", "data-chief": turn.chief, "data-from": turn.valid_from,
    "aria-label": spoken(rota, turn), title: spoken(rota, turn), onclick: () => acts.choose(rota, turn),
  }, h("span", { class: "who" }, turn.instead ? `⇄ ${turn.name}` : turn.name));
  place(button, shown, turn.valid_from, turn.valid_to);
  button.style.setProperty("--hue", COLOURS[turn.chief % COLOURS.length]!);
  return [button, ...away.filter((part) => part.style.width !== "0%")];
}

const absent = (deputy: string | null) => (deputy ? t("duty_deputy", { name: deputy }) : t("calendar_away_nobody"));

/** Everything of a turn in one sentence. */
export function spoken(rota: Rota, turn: Turn): string {
  const parts = [`${rota.name}: ${turn.name}, ${turn.valid_from} – ${addDays(turn.valid_to, -1)}`];
  if (turn.instead) parts.push(t("calendar_instead", { name: turn.instead.name }));
  for (const one of turn.away) parts.push(`${one.valid_from} – ${addDays(one.valid_to, -1)} ${absent(one.answers_name)}`);
  return parts.join("; ");
}

/** Where days lie in a window, as a share of its width; what is outside is cut off. */
function place(element: HTMLElement, shown: Window, from: string, to: string): void {
  const all = daysBetween(shown.from, shown.to);
  const left = Math.max(0, daysBetween(shown.from, from));
  const right = Math.max(left, Math.min(all, daysBetween(shown.from, to)));
  element.style.left = `${(100 * left) / all}%`;
  element.style.width = `${(100 * (right - left)) / all}%`;
}

/** Under the map; on a phone in the panel. */
export function putCalendar(grid: HTMLElement | null): void {
  document.querySelector("#calendar")?.remove();
  if (!grid) return;
  (isPhone() ? find("#rows") : find(".stage")).append(grid);
  const now = grid.querySelector<HTMLElement>(".dates .today");
  const sheet = grid.querySelector<HTMLElement>(".scroll");
  // As far as the names of rotations leave free.
  if (now && sheet) sheet.scrollLeft = Math.max(0, now.offsetLeft - 200);
}
