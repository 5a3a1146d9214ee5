// Months as columns, with the same numbers as a sentence and as a table.
import { chart, tip } from "../charts/chart";
import { counts, names, tooltip } from "../charts/look";
import { h } from "../dom";
import { number, t } from "../i18n";

interface Month {
  month: string;
  count: number;
}

const LEAST_MONTHS = 12;

export function trendChart(all: Month[]): HTMLElement {
  const first = all.findIndex(({ count }) => count > 0);
  const trend = all.slice(Math.max(0, Math.min(first, all.length - LEAST_MONTHS)));
  const peak = trend.reduce<Month | null>((most, one) => (most && most.count >= one.count ? most : one), null);
  const last = trend.at(-1);
  const months = chart("months");
  months.draw((look) => ({
    grid: { left: 2, right: 2, top: 8, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { ...names(look, trend.map(({ month }) => month)), axisLabel: { ...look.text, interval: (at: number) => at === 0 || at === trend.length - 1, alignMinLabel: "left", alignMaxLabel: "right" } },
    yAxis: counts(look, number),
    tooltip: tooltip((at) => {
      const one = trend[(at as unknown as { dataIndex: number }[])[0]!.dataIndex]!;
      return tip(one.month, [t("unit_incidents"), number(one.count)]);
    }),
    series: { type: "bar", barCategoryGap: "18%", data: trend.map(({ count }, at) => ({ value: count, itemStyle: { color: at === trend.length - 1 ? look.brand : "#7ea3dc", borderRadius: [1.5, 1.5, 0, 0] } })) },
  }), t("unit_trend_said", { n: trend.length, most: number(peak?.count ?? 0), month: peak?.month ?? "–", last: number(last?.count ?? 0) }));
  const rows = all.map(({ month, count }) => h("tr", {}, h("th", { scope: "row" }, month), h("td", {}, number(count))));
  return h("div", { class: "trend" }, months.element,
    h("details", { class: "as-table" }, h("summary", {}, t("unit_table")), h("table", {}, h("tbody", {}, ...rows))));
}
