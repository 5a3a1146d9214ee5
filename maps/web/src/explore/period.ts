// The period: columns of the days in it over a strip of all days, on which a window is drawn, moved and drawn
// out by the pointer, or by the keyboard with two handles; and a window that plays.
import type { EChartsType } from "echarts/core";
import { chart, tip } from "../charts/chart";
import { counts as countsAxis, tooltip } from "../charts/look";
import { h } from "../dom";
import { number, t, whenLanguage } from "../i18n";
import { change, chosen, dayAfter, daysIn, whenChosen } from "./chosen";
import type { Group } from "./counts";

const TICK_MS = 1_500;
const WINDOW_DAYS = 7;
const MOST_BARS = 120;
const DAY_MS = 86_400_000;
const EDGE_PX = 9;

interface Bar {
  from: string;
  to: string;
  count: number;
}

export function periodChart() {
  let days: { first: string; last: string; counts: Map<string, number> } | null = null;
  let timer = 0;
  const columns = chart("days", { datazoom: (_, drawn) => zoomed(drawn) });
  const said = h("p", { class: "note" });
  const handles = (["from", "to"] as const).map((end) => h("input", { type: "range", min: 0, step: 1, class: `handle ${end}`, oninput: () => slide(end) }));
  const [low, high] = handles as [HTMLInputElement, HTMLInputElement];
  const play = h("button", { type: "button", class: "quiet play", onclick: () => (timer ? stop() : start()) });
  const title = h("h3", {});
  const element = h("section", { class: "period" }, h("div", { class: "list-head" }, title, play), h("div", { class: "brush" }, columns.element, low, high), said);

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
    const found = barsOf(days.first, days.last, days.counts, daysIn(from, to));
    const inside = found.filter((bar) => bar.to >= from && bar.from <= to);
    const each = found[0] && found[0].to > found[0].from ? t("bars_of_weeks") : t("bars_of_days");
    said.textContent = `${from} – ${to} · ${each} · ${t("most_of", { n: number(Math.max(0, ...inside.map(({ count }) => count))) })}`;
    columns.draw((look) => ({
      grid: { left: EDGE_PX, right: EDGE_PX, top: 8, bottom: 38, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: {
        type: "time", min: startOf(days!.first), max: startOf(dayAfter(days!.last)), splitNumber: 4, axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } },
        axisLabel: { ...look.text, hideOverlap: true, formatter: { year: "{yyyy}", month: "{M}-{d}", day: "{M}-{d}", hour: "", minute: "" } },
      },
      yAxis: countsAxis(look, number),
      tooltip: tooltip((at) => {
        const bar = found[(at as unknown as { dataIndex: number }[])[0]!.dataIndex]!;
        return tip(bar.to > bar.from ? `${bar.from} – ${bar.to}` : bar.from, ["", number(bar.count)]);
      }),
      dataZoom: {
        type: "slider", left: EDGE_PX, right: EDGE_PX, bottom: 2, height: 30, realtime: false, brushSelect: true, showDetail: false, handleSize: 0, moveHandleSize: 0,
        startValue: startOf(from), endValue: startOf(dayAfter(to)), borderColor: look.line, fillerColor: "rgba(29, 95, 209, 0.16)",
        brushStyle: { color: look.brand, opacity: 0.25 },
        dataBackground: { lineStyle: { color: "#9aa5b6" }, areaStyle: { color: "#c6cedb", opacity: 1 } },
        selectedDataBackground: { lineStyle: { color: look.brand }, areaStyle: { color: look.brand, opacity: 0.45 } },
      },
      series: { type: "bar", data: found.map((bar) => [(startOf(bar.from) + startOf(dayAfter(bar.to))) / 2, bar.count]), itemStyle: { color: look.brand }, barCategoryGap: "12%" },
    }), `${t("period")} ${said.textContent}`);
  };
  const zoomed = (drawn: EChartsType) => {
    const [{ startValue, endValue }] = (drawn.getOption() as unknown as { dataZoom: [{ startValue: number; endValue: number }] }).dataZoom;
    if (!days) return;
    const day = (at: number) => Math.round((at - startOf(days!.first)) / DAY_MS);
    const last = at(days.last);
    const first = Math.min(day(startValue), last);
    choose(first, Math.min(last, Math.max(first, day(endValue) - 1)));
  };
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
function barsOf(first: string, last: string, counts: Map<string, number>, shown: number): Bar[] {
  const total = daysIn(first, last);
  const each = shown > MOST_BARS ? 7 : 1;
  return Array.from({ length: Math.ceil(total / each) }, (_, n) => {
    const days = Array.from({ length: Math.min(each, total - n * each) }, (_, k) => dayAfter(first, n * each + k));
    return { from: days[0]!, to: days.at(-1)!, count: days.reduce((sum, day) => sum + (counts.get(day) ?? 0), 0) };
  });
}

/** The chart has no time zone: a day begins in it where it begins on the browser's clock. */
function startOf(day: string): number {
  return new Date(`${day}T00:00`).getTime();
}
