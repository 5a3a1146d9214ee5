// How charts look: as the page does around them, light or dark, in its own letters.
import type { TooltipComponentOption } from "echarts/components";
import type { XAXisOption, YAXisOption } from "echarts/types/dist/shared";

export interface Look {
  ink: string;
  quiet: string;
  line: string;
  wash: string;
  brand: string;
  /** What came in and what was closed, where a page has colours for these. */
  came: string;
  went: string;
  /** Pixels of its letters, and its letters. */
  size: number;
  text: { color: string; fontFamily: string; fontSize: number };
}

/** Less than the brand's colour in lightness too, so that the two are told apart without seeing hues. */
export const THEN = "#9aa5b6";

export function lookOf(element: HTMLElement): Look {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(name).trim();
  const size = parseFloat(style.fontSize);
  return {
    ink: of("--ink"), quiet: of("--ink-2"), line: of("--line"), wash: of("--wash"), brand: of("--brand"), came: of("--came"), went: of("--went"),
    size, text: { color: of("--ink-2"), fontFamily: style.fontFamily, fontSize: size },
  };
}

export const tooltip = (formatter: TooltipComponentOption["formatter"], trigger: "axis" | "item" = "axis"): TooltipComponentOption => ({
  trigger, formatter, appendTo: "body", className: "chart-tip", transitionDuration: 0, axisPointer: { type: "shadow" },
  backgroundColor: "", borderColor: "", borderWidth: 0, padding: 0,
});

/** An axis of names along the bottom or the side. */
export function names({ line, text }: Look, data: string[]): XAXisOption & YAXisOption {
  return { type: "category", data, axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: { ...text } } as XAXisOption & YAXisOption;
}

/** An axis of whole numbers from nothing on. */
export function counts({ line, text }: Look, formatter: (value: number) => string): XAXisOption & YAXisOption {
  return { type: "value", min: 0, minInterval: 1, splitNumber: 2, splitLine: { lineStyle: { color: line } }, axisLabel: { ...text, formatter } } as XAXisOption & YAXisOption;
}
