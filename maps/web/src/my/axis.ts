// The axis of a strip, row by row: a bar for each side in charge, filled where it was passed.
import type { Stretch } from "./ground";
import type { Segment, Side } from "./service";

const SVG = "http://www.w3.org/2000/svg";
const DAY_MS = 86_400_000;
// Passed within a day, a week, a month, or longer ago.
const AGES: [days: number, name: string][] = [[1, "day"], [7, "week"], [31, "month"], [Infinity, "older"]];

export interface Extent {
  from_m: number;
  to_m: number;
}

export function ageOf(at: string): string {
  const days = (Date.now() - Date.parse(at)) / DAY_MS;
  return AGES.find(([most]) => days <= most)![1];
}

/** One row of the axis; `left` is the side drawn on the left, and `up` whether chainage grows upwards. */
export function drawAxis(segment: Segment, { from_m, to_m }: Extent, left: Side, patrol: Stretch[]): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const long = Math.max(to_m - from_m, 0.01);
  const set = (element: SVGElement, said: Record<string, string | number>) => {
    for (const [name, value] of Object.entries(said)) element.setAttribute(name, String(value));
  };
  set(svg, { viewBox: "0 0 36 100", preserveAspectRatio: "none", "aria-hidden": "true", class: "axis" });
  const up = left === "L";
  const bar = (x: number, a: number, b: number, name: string) => {
    const [low, high] = [Math.max(a, from_m), Math.min(b, to_m)];
    if (high <= low) return;
    const rect = document.createElementNS(SVG, "rect");
    const y = ((up ? to_m - high : low - from_m) / long) * 100;
    set(rect, { x, y, width: 9, height: ((high - low) / long) * 100, class: name });
    svg.append(rect);
  };
  const ground = document.createElementNS(SVG, "rect");
  set(ground, { x: 11, y: 0, width: 14, height: 100, class: "ground" });
  svg.append(ground);
  for (const { side, charge, passed } of segment.sides) {
    const x = side === left ? 2 : 25;
    for (const [a, b] of charge) bar(x, a, b, "charge");
    for (const one of passed) bar(x, one.from_m, one.to_m, `passed ${ageOf(one.at)}`);
    for (const one of patrol) if (one.segment === segment.id && one.side === side) bar(x, one.from_m, one.to_m, "passed now");
  }
  return svg;
}
