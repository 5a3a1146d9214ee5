// A chart in the page: drawn by ECharts once it is seen, in the words, the colours and the size of where it
// stands. What it shows is said in its label; who makes a chart gives its numbers as text or a table too.
import type { ComposeOption, EChartsType } from "echarts/core";
import type { BarSeriesOption, HeatmapSeriesOption, LineSeriesOption } from "echarts/charts";
import type { DataZoomComponentOption, GridComponentOption, TooltipComponentOption, VisualMapComponentOption } from "echarts/components";
import "../css/chart.css";
import { duration, h } from "../dom";
import type { Look } from "./look";
import { lookOf } from "./look";

type Parts = BarSeriesOption | LineSeriesOption | HeatmapSeriesOption | GridComponentOption | TooltipComponentOption
  | VisualMapComponentOption | DataZoomComponentOption;
type Option = ComposeOption<Parts>;
export type Draw = (look: Look) => Option;
type Events = Partial<Record<"click" | "datazoom", (event: { dataIndex?: number }, drawn: EChartsType) => void>>;

export interface Chart {
  element: HTMLElement;
  /** Show this; `said` tells it to those who do not see it. */
  draw(option: Draw, said: string): void;
}

const ANIMATION_MS = 250;

/** `more` loads what it needs besides the engine. */
export function chart(name: string, events: Events = {}, more?: () => Promise<unknown>): Chart {
  const element = h("div", { class: `chart ${name}`, role: "img" });
  let wanted: Draw | null = null;
  let drawn: EChartsType | null = null;
  const show = () => {
    if (drawn && wanted) drawn.setOption({ animationDuration: duration(ANIMATION_MS), animationDurationUpdate: duration(ANIMATION_MS), ...wanted(lookOf(element)) }, { notMerge: true });
  };
  const fit = async () => {
    if (!element.isConnected) {
      drawn?.dispose();
      drawn = null;
    } else if (element.clientWidth > 0 && element.clientHeight > 0) {
      if (drawn) {
        drawn.resize();
        return show(); // letters are as large as the page has them at this size
      }
      const [{ init }] = await Promise.all([import("./engine"), more?.()]);
      if (drawn || !element.isConnected) return;
      const made = (drawn = init(element, null, { renderer: "svg" }));
      for (const [event, act] of Object.entries(events)) made.on(event, (told) => act(told as { dataIndex?: number }, made));
      show();
    }
  };
  // Tells when the chart is first seen, when its size changes, and when it has left the page.
  new ResizeObserver(() => void fit()).observe(element);
  return {
    element,
    draw(option, said) {
      wanted = option;
      element.setAttribute("aria-label", said);
      show();
    },
  };
}

/** What is told of a point under the pointer: its name, and lines of a series' name and value. */
export function tip(title: string, ...lines: [name: string, value: string][]): HTMLElement {
  return h("div", {}, h("b", {}, title), ...lines.map(([name, value]) => h("div", {}, name && `${name} `, h("strong", {}, value))));
}
