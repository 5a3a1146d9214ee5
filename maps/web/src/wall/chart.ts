// A chart of two series as plain SVG: bars for what came in, a line for what was closed. Made anew each
// time from numbers, so that nothing is left behind on a page that stays open for weeks.
import { number, t } from "../i18n";
import type { TrendStep } from "./service";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 130;
const FRAME = { left: 46, right: 6, top: 10, bottom: 26 };

function draw(name: string, attributes: Record<string, string | number>, text = ""): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text) element.textContent = text;
  return element;
}

/** The least round number that is not below `value`: 1, 2, 5 and their tens. */
function roundUp(value: number): number {
  const ten = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 4, 5, 10].map((step) => step * ten).find((step) => step >= value) ?? 10 * ten;
}

/** `shape` is the width of its place by its height. */
export function chart(steps: TrendStep[], label: (at: string) => string, title: string, shape: number): SVGElement {
  const width = Math.round(HEIGHT * shape);
  const top = Math.max(2, roundUp(Math.max(...steps.map(({ reported, closed }) => Math.max(reported, closed)), 1)));
  const inner = { width: width - FRAME.left - FRAME.right, height: HEIGHT - FRAME.top - FRAME.bottom };
  const pace = inner.width / Math.max(1, steps.length);
  const x = (index: number) => FRAME.left + index * pace;
  const y = (value: number) => FRAME.top + inner.height * (1 - value / top);
  const svg = draw("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", class: "chart" });
  const sum = (of: "reported" | "closed") => number(steps.reduce((total, step) => total + step[of], 0));
  svg.append(draw("title", {}, `${title}: ${t("wall_reported")} ${sum("reported")}, ${t("wall_closed")} ${sum("closed")}`));
  for (const value of [0, top / 2, top]) {
    svg.append(draw("line", { x1: FRAME.left, x2: width - FRAME.right, y1: y(value), y2: y(value), class: "rule" }));
    svg.append(draw("text", { x: FRAME.left - 8, y: y(value) + 6, class: "tick", "text-anchor": "end" }, number(value)));
  }
  for (const [index, { reported }] of steps.entries()) {
    svg.append(draw("rect", { x: x(index) + pace * 0.16, y: y(reported), width: pace * 0.68, height: Math.max(0, y(0) - y(reported)), rx: 2, class: "came" }));
  }
  const line = steps.map(({ closed }, index) => `${index ? "L" : "M"}${(x(index) + pace / 2).toFixed(1)} ${y(closed).toFixed(1)}`).join("");
  svg.append(draw("path", { d: line, class: "went" }));
  const every = Math.ceil(steps.length / 6);
  for (const [index, { at }] of steps.entries()) {
    if ((steps.length - 1 - index) % every) continue;
    const last = index === steps.length - 1;
    svg.append(draw("text", { x: last ? width - FRAME.right : x(index) + pace / 2, y: HEIGHT - 5, class: "tick", "text-anchor": last ? "end" : "middle" }, label(at)));
  }
  return svg;
}
