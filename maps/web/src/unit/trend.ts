// Months as bars, with the same numbers as a sentence and as a table.
import { h } from "../dom";
import { number, t } from "../i18n";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 336;
const HEIGHT = 74;
const GAP = 3;

export function trendChart(trend: { month: string; count: number }[]): HTMLElement {
  const most = Math.max(1, ...trend.map(({ count }) => count));
  const peak = trend.find(({ count }) => count === most);
  const last = trend.at(-1);
  const step = WIDTH / trend.length;
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": t("unit_trend_said", {
    n: trend.length, most: number(peak?.count ?? 0), month: peak?.month ?? "–", last: number(last?.count ?? 0),
  }) });
  for (const [at, { month, count }] of trend.entries()) {
    const height = count ? Math.max(2, (count / most) * HEIGHT) : 1;
    const bar = shape("rect", { x: at * step, y: HEIGHT - height, width: step - GAP, height, rx: 1.5, class: count === 0 ? "none" : at === trend.length - 1 ? "last" : "" });
    const title = shape("title", {});
    title.textContent = `${month}: ${number(count)}`;
    bar.append(title);
    svg.append(bar);
  }
  const rows = trend.map(({ month, count }) => h("tr", {}, h("th", { scope: "row" }, month), h("td", {}, number(count))));
  return h("div", { class: "trend" },
    h("p", { class: "most" }, t("unit_most", { n: number(peak?.count ?? 0) })),
    svg,
    h("p", { class: "ends", "aria-hidden": "true" }, h("span", {}, trend[0]?.month ?? ""), h("span", {}, last?.month ?? "")),
    h("details", {}, h("summary", {}, t("unit_table")), h("table", {}, h("tbody", {}, ...rows))));
}

function shape(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
