// How a plan is drawn: blocks in their grid's colour, borders, today's borders as a ghost, what is wrong.
import type { ExpressionSpecification, LayerSpecification, SourceSpecification } from "maplibre-gl";
import { byZoom } from "../draw/colours";
import { ink, STRONG } from "../draw/text";

export const NOBODYS = "#ffffff";
const BORDER = "#1c2738";
const GHOST = "#b5125b";
const WRONG = "#c2185b";
const CHOSEN = "#16202f";

const state = (name: string): ExpressionSpecification => ["feature-state", name];
const where = (name: string, then: number | ExpressionSpecification, otherwise: number | ExpressionSpecification): ExpressionSpecification =>
  ["case", ["boolean", state(name), false], then, otherwise];
const round = { "line-cap": "round", "line-join": "round" } as const;
const nothing: SourceSpecification = { type: "geojson", data: { type: "FeatureCollection", features: [] } };

export const SOURCES: Record<string, SourceSpecification> = { blocks: nothing, edges: nothing, names: nothing, lasso: nothing };

/** Fills lie under the roads. */
export const FILLS: LayerSpecification[] = [
  {
    id: "plan-blocks", type: "fill", source: "blocks",
    paint: { "fill-color": ["to-color", state("colour"), NOBODYS], "fill-opacity": where("faded", 0.16, where("filled", 0.42, 0.75)), "fill-antialias": false },
  },
];

export const LINES: LayerSpecification[] = [
  { id: "plan-edges", type: "line", source: "edges", layout: round, minzoom: 12.5, paint: { "line-color": "#ffffff", "line-opacity": 0.7, "line-width": byZoom([12.5, 0.4], [16, 1.4]) } },
  { id: "plan-borders", type: "line", source: "edges", layout: round, paint: { "line-color": BORDER, "line-width": byZoom([11, 0.8], [14, 1.7], [17, 3.4]), "line-opacity": where("border", 0.9, 0) } },
  { id: "plan-ghost", type: "line", source: "edges", layout: { "line-join": "round" }, paint: { "line-color": GHOST, "line-width": byZoom([11, 1], [14, 2], [17, 4]), "line-dasharray": [1.6, 1.4], "line-opacity": where("ghost", 1, 0) } },
  { id: "plan-wrong", type: "line", source: "blocks", layout: { "line-join": "round" }, paint: { "line-color": WRONG, "line-offset": byZoom([12, 0.8], [16, 2.2]), "line-width": byZoom([12, 1.4], [16, 3.4]), "line-opacity": where("wrong", 0.95, 0) } },
  { id: "plan-chosen-casing", type: "line", source: "edges", layout: round, paint: { "line-color": "#ffffff", "line-width": byZoom([11, 4], [14, 7], [17, 11]), "line-opacity": where("chosen", 1, 0) } },
  { id: "plan-chosen", type: "line", source: "edges", layout: round, paint: { "line-color": CHOSEN, "line-width": byZoom([11, 2], [14, 3.4], [17, 6]), "line-opacity": where("chosen", 1, 0) } },
  { id: "plan-pointed", type: "line", source: "blocks", layout: { "line-join": "round" }, paint: { "line-color": CHOSEN, "line-width": 2.4, "line-opacity": where("pointed", 1, 0) } },
  { id: "plan-picked", type: "fill", source: "blocks", paint: { "fill-color": "#ffd23f", "fill-opacity": where("picked", 0.62, 0) } },
  { id: "plan-edge-pointed", type: "line", source: "edges", layout: round, paint: { "line-color": "#ffd23f", "line-width": byZoom([11, 4], [17, 9]), "line-opacity": where("pointed", 1, 0) } },
  { id: "plan-lasso-fill", type: "fill", source: "lasso", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": CHOSEN, "fill-opacity": 0.08 } },
  { id: "plan-lasso", type: "line", source: "lasso", layout: round, paint: { "line-color": CHOSEN, "line-width": 2, "line-dasharray": [2, 1.6] } },
];

export const NAMES: LayerSpecification[] = [
  {
    id: "plan-names", type: "symbol", source: "names", minzoom: 12.6,
    layout: { "text-field": ["get", "name"], "text-font": STRONG, "text-size": byZoom([12.6, 10.5], [17, 15]), "text-max-width": 7, "text-padding": 6, "symbol-sort-key": ["-", 0, ["get", "blocks"]] },
    paint: ink("#16202f"),
  },
];
