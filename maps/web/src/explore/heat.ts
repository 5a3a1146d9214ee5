// When incidents are reported: hours of the day by days of the week, as colours and as a table.
import { chart, tip } from "../charts/chart";
import { names, tooltip } from "../charts/look";
import { h } from "../dom";
import { HEAT } from "../draw/ramps";
import { number, t, whenLanguage } from "../i18n";
import type { Group } from "./counts";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];

interface Step {
  from: number;
  to: number;
  colour: string;
}

export function heatChart() {
  const field = chart("hours");
  const title = h("h3", {});
  const legend = h("ul", { class: "ramp" });
  const table = h("table", {});
  const summary = h("summary", {});
  const scroll = h("div", { class: "scroll", tabindex: 0, role: "region" }, table);
  const element = h("section", { class: "heat" }, title, field.element, legend, h("details", { class: "as-table" }, summary, scroll));
  let counts = new Map<string, number>();
  const count = (day: number, hour: number) => counts.get(`${day}-${String(hour).padStart(2, "0")}`) ?? 0;
  const weekday = (day: number) => t(`weekday_${day}` as "weekday_1");
  const render = () => {
    const most = Math.max(0, ...counts.values());
    element.hidden = most === 0;
    const steps = stepsTo(most);
    title.textContent = t("heat");
    summary.textContent = t("unit_table");
    scroll.setAttribute("aria-label", t("heat"));
    legend.replaceChildren(...steps.map(({ from, to, colour }) => {
      const mark = h("i", { "aria-hidden": "true" });
      mark.style.background = colour || "var(--wash)";
      return h("li", {}, mark, from === to ? number(from) : `${number(from)}–${number(to)}`);
    }));
    table.replaceChildren(
      h("thead", {}, h("tr", {}, h("td", {}), ...HOURS.map((hour) => h("th", { scope: "col" }, String(hour))))),
      h("tbody", {}, ...WEEKDAYS.map((day) => h("tr", {}, h("th", { scope: "row" }, weekday(day)), ...HOURS.map((hour) => h("td", {}, number(count(day, hour))))))));
    field.draw((look) => ({
      grid: { left: 0, right: 1, top: 1, bottom: 0, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: { ...names(look, HOURS.map(String)), axisLine: { show: false }, axisLabel: { ...look.text, interval: 5, margin: 4 } },
      yAxis: { ...names(look, WEEKDAYS.map(weekday)), axisLine: { show: false }, inverse: true, axisLabel: { ...look.text, interval: 0, margin: 6 } },
      tooltip: tooltip((cell) => {
        const [hour, row, n] = (cell as unknown as { value: [number, number, number] }).value;
        return tip(t("heat_cell", { day: weekday(row + 1), hour, n: number(n) }));
      }, "item"),
      visualMap: { type: "piecewise", show: false, dimension: 2, pieces: steps.map(({ from, to, colour }) => ({ gte: from, lte: to, color: colour || look.wash })) },
      series: { type: "heatmap", itemStyle: { borderColor: "#fff", borderWidth: 1, borderRadius: 2 }, data: WEEKDAYS.flatMap((day) => HOURS.map((hour) => [hour, day - 1, count(day, hour)])) },
    }), said(most));
  };
  const said = (most: number) => {
    const [day, hour] = ([...counts].find(([, n]) => n === most)?.[0] ?? "1-00").split("-", 2);
    return `${t("heat")}: ${t("heat_note", { most: t("heat_cell", { day: weekday(Number(day)), hour: Number(hour), n: number(most) }) })}`;
  };
  whenLanguage(render);
  return {
    element,
    show(groups: Group[]) {
      counts = new Map(groups.map(({ key, count }) => [key!, count]));
      render();
    },
  };
}

/** Nothing, and up to five steps of equal width in whole numbers; no colour means none. */
function stepsTo(most: number): Step[] {
  const width = Math.max(1, Math.ceil(most / HEAT.length));
  const steps = HEAT.map((_, at) => ({ from: at * width + 1, to: Math.min(most, (at + 1) * width) })).filter(({ from }) => from <= most);
  // Few steps still reach from the palest to the darkest.
  const colour = (at: number) => HEAT[steps.length > 1 ? Math.round((at * (HEAT.length - 1)) / (steps.length - 1)) : 2]!;
  return [{ from: 0, to: 0, colour: "" }, ...steps.map((step, at) => ({ ...step, colour: colour(at) }))];
}
