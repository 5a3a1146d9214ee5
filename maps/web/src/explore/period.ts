// The period: bars of days with two handles on them, by pointer or keyboard; and a window that plays.
import { h } from "../dom";
import { number, t, whenLanguage } from "../i18n";
import { change, chosen, dayAfter, daysIn, whenChosen } from "./chosen";
import type { Group } from "./counts";

const TICK_MS = 1_500;
const WINDOW_DAYS = 7;
const MOST_BARS = 120;

interface Bar {
  from: string;
  to: string;
  count: number;
}

export function periodChart() {
  let days: { first: string; last: string; counts: Map<string, number> } | null = null;
  let timer = 0;
  const bars = h("div", { class: "bars", "aria-hidden": "true" });
  const said = h("p", { class: "note" });
  const handles = (["from", "to"] as const).map((end) => h("input", { type: "range", min: 0, step: 1, class: `handle ${end}`, oninput: () => slide(end) }));
  const [low, high] = handles as [HTMLInputElement, HTMLInputElement];
  const play = h("button", { type: "button", class: "quiet play", onclick: () => (timer ? stop() : start()) });
  const title = h("h3", {});
  const element = h("section", { class: "period" }, h("div", { class: "list-head" }, title, play), h("div", { class: "brush" }, bars, low, high), said);

  const at = (day: string) => (days ? daysIn(days.first, day) - 1 : 0);
  const slide = (end: "from" | "to") => {
    if (!days) return;
    const [a, b] = [Number(low.value), Number(high.value)];
    if (end === "from" && a > b) high.value = low.value;
    if (end === "to" && b < a) low.value = high.value;
    choose(Number(low.value), Number(high.value));
  };
  const choose = (a: number, b: number) => {
    if (!days) return;
    const last = at(days.last);
    const all = a <= 0 && b >= last;
    change(all ? { from: "", to: "", compared: "" } : { from: dayAfter(days.first, a), to: dayAfter(days.first, b) });
  };
  const stop = () => {
    window.clearInterval(timer);
    timer = 0;
    render();
  };
  const start = () => {
    if (!days) return;
    const { from, to } = chosen();
    if (!from || !to) choose(0, WINDOW_DAYS - 1);
    timer = window.setInterval(step, TICK_MS);
    render();
  };
  /** The window moves on by its own length, and from the end begins anew. */
  const step = () => {
    const { from, to } = chosen();
    if (!days || !from || !to) return stop();
    const length = daysIn(from, to);
    const next = at(from) + length > at(days.last) ? 0 : at(from) + length;
    choose(next, Math.min(next + length - 1, at(days.last)));
  };
  const render = () => {
    title.textContent = t("period");
    play.textContent = timer ? t("pause") : t("play");
    play.setAttribute("aria-pressed", String(timer !== 0));
    low.setAttribute("aria-label", t("period_from"));
    high.setAttribute("aria-label", t("period_to"));
    element.hidden = !days;
    if (!days) return;
    const { from, to } = { from: chosen().from || days.first, to: chosen().to || days.last };
    for (const [handle, day] of [[low, from], [high, to]] as const) {
      handle.max = String(at(days.last));
      handle.value = String(at(day));
      handle.setAttribute("aria-valuetext", day);
    }
    const found = barsOf(days.first, days.last, days.counts);
    const most = Math.max(0, ...found.map(({ count }) => count));
    bars.replaceChildren(...found.map((bar) => {
      const inside = bar.to >= from && bar.from <= to;
      const one = h("i", { class: inside ? "in" : "", title: `${bar.from}${bar.to > bar.from ? ` – ${bar.to}` : ""}: ${number(bar.count)}` });
      one.style.height = `${(100 * bar.count) / (most || 1)}%`;
      return one;
    }));
    const each = found[0] && found[0].to > found[0].from ? t("bars_of_weeks") : t("bars_of_days");
    said.textContent = `${from} – ${to} · ${each} · ${t("most_of", { n: number(most) })}`;
  };
  brush(bars, (a, b) => days && choose(Math.round(a * at(days.last)), Math.round(b * at(days.last))));
  whenLanguage(render);
  whenChosen(render);
  return {
    element,
    show(groups: Group[]) {
      const counts = new Map(groups.map(({ key, count }) => [key!, count]));
      const known = [...counts.keys()].sort();
      // The ends stay where a filter leaves fewer days, so that the handles keep their places.
      if (known.length) {
        const first = days && days.first < known[0]! ? days.first : known[0]!;
        const last = days && days.last > known.at(-1)! ? days.last : known.at(-1)!;
        days = { first, last, counts };
      } else if (days) days = { ...days, counts };
      render();
    },
  };
}

/** A bar a day; where that would be too many, a bar for seven. */
function barsOf(first: string, last: string, counts: Map<string, number>): Bar[] {
  const total = daysIn(first, last);
  const each = total > MOST_BARS ? 7 : 1;
  return Array.from({ length: Math.ceil(total / each) }, (_, n) => {
    const days = Array.from({ length: Math.min(each, total - n * each) }, (_, k) => dayAfter(first, n * each + k));
    return { from: days[0]!, to: days.at(-1)!, count: days.reduce((sum, day) => sum + (counts.get(day) ?? 0), 0) };
  });
}

/** Drag over the bars: from where to where, 0 to 1. */
function brush(bars: HTMLElement, done: (a: number, b: number) => void): void {
  let start = -1;
  const place = (event: PointerEvent) => {
    const { left, width } = bars.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width));
  };
  bars.addEventListener("pointerdown", (event) => {
    start = place(event);
    bars.setPointerCapture(event.pointerId);
  });
  bars.addEventListener("pointerup", (event) => {
    if (start < 0) return;
    const [a, b] = [start, place(event)].sort((x, y) => x - y) as [number, number];
    start = -1;
    done(a, b);
  });
}
