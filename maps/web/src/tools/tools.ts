// Buttons on the map: measure, print, report, full screen, and the base map where there is one.
import type { Map as MapLibre } from "maplibre-gl";
import type { Area, District, Layers } from "../api";
import { h, icon } from "../dom";
import { t, whenLanguage } from "../i18n";
import type { Key } from "../i18n";
import type { Visits } from "../visit";
import { baseMap } from "./basemap";
import { measuring } from "./measure";
import { printing } from "./print";
import { reporting } from "./report";

const DRAWN = {
  measure: "M3 16 16 3l5 5L8 21zM7 12l2 2M10 9l3 3M13 6l2 2",
  print: "M7 9V4h10v5M7 17H4v-7h16v7h-3M7 14h10v6H7z",
  report: "M6 3h9l4 4v14H6zM14 3v5h5M9 17v-4M12.500 17v-6M16 17v-2",
  screen: "M4 5h16v11H4zM9 20h6M12 16v4",
  base: "M4 6l5-2 6 2 5-2v14l-5 2-6-2-5 2zM9 4v14M15 6v14",
} as const;

export function addTools(map: MapLibre, district: District, declared: Layers, areas: Area[], visit: Visits): void {
  const ruler = measuring(map, visit);
  const paper = printing(map, district, declared);
  const measure = tool("tool_measure", DRAWN.measure, () => ruler.turn());
  const print = tool("tool_print", DRAWN.print, () => paper.ask());
  const report = tool("tool_report", DRAWN.report, reporting(areas).ask);
  const screen = tool("tool_screen", DRAWN.screen, () => {
    void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
  });
  ruler.when((on) => measure.setAttribute("aria-pressed", String(on)));
  screen.hidden = !document.fullscreenEnabled;
  document.addEventListener("fullscreenchange", () => {
    screen.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
  });
  const group = h("div", { class: "maplibregl-ctrl maplibregl-ctrl-group tools" }, measure, print, report, screen);
  map.addControl({ onAdd: () => group, onRemove: () => group.remove() }, "bottom-right");
  baseMap(map, (toggle, on) => {
    const base = tool("tool_base", DRAWN.base, () => base.setAttribute("aria-pressed", String(toggle())));
    base.setAttribute("aria-pressed", String(on));
    group.prepend(base);
  }).catch((error: unknown) => console.error("the base map cannot be shown", error));
}

function tool(key: Key, drawn: string, act: () => void): HTMLButtonElement {
  const button = h("button", { type: "button", "data-tool": key, onclick: act }, icon(drawn));
  whenLanguage(() => {
    button.title = t(key);
    button.setAttribute("aria-label", t(key));
  });
  return button;
}
