// Trends of the wall: columns for what came in, a line for what was closed, by the hour and by the day.
import { chart } from "../charts/chart";
import type { Chart } from "../charts/chart";
import { counts, names } from "../charts/look";
import { find } from "../dom";
import { number, t } from "../i18n";
import type { Trends, TrendStep } from "./service";

const lines = () => import("../charts/lines");

export function trendCharts(): (told: Trends) => void {
  const [hours, days] = [chart("steps", {}, lines), chart("steps", {}, lines)];
  find("#hours").append(hours.element);
  find("#days").append(days.element);
  return (told) => {
    draw(hours, told.hours, (at) => `${Number(at.slice(11, 13))}:00`, t("wall_hours"));
    draw(days, told.days, (at) => `${Number(at.slice(5, 7))}-${Number(at.slice(8, 10))}`, t("wall_days"));
  };
}

function draw(on: Chart, steps: TrendStep[], label: (at: string) => string, title: string): void {
  const sum = (of: "reported" | "closed") => number(steps.reduce((total, step) => total + step[of], 0));
  const every = Math.ceil(steps.length / 6);
  const labelled = (at: number) => (steps.length - 1 - at) % every === 0;
  on.draw((look) => ({
    grid: { left: 4, right: 4, top: 0.7 * look.size, bottom: 0, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { ...names(look, steps.map(({ at }) => label(at))), axisLabel: { ...look.text, interval: labelled, alignMaxLabel: "right" } },
    yAxis: counts(look, number),
    series: [
      { type: "bar", data: steps.map(({ reported }) => reported), barCategoryGap: "32%", itemStyle: { color: look.came, borderRadius: [2, 2, 0, 0], opacity: 0.85 } },
      { type: "line", data: steps.map(({ closed }) => closed), showSymbol: false, lineStyle: { color: look.went, width: 0.2 * look.size } },
    ],
  }), `${title}: ${t("wall_reported")} ${sum("reported")}, ${t("wall_closed")} ${sum("closed")}`);
}
