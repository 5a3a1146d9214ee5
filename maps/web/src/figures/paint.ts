// Units coloured by value. They have a source of their own, made anew for every choice: tiles that
// still carry another metric are never coloured by the classes of this one. Values that were worked out
// in the page are not in the tiles: they are given to the units as their state.
import type { ExpressionSpecification, FilterSpecification, LayerSpecification, Map as MapLibre } from "maplibre-gl";
import type { Measures } from "../api";
import type { Class } from "../classes";
import { byZoom } from "../draw/colours";
import { NO_VALUE, STRENGTH, stepped } from "../draw/ramps";
import { tilesOf } from "../draw/sources";
import { isDerived } from "../explore/values";
import { redraw, reloadTiles, whenStyled } from "../map";
import type { Choice } from "./choice";

export const SOURCE = "measured";
const VALUE: ExpressionSpecification = ["get", "value"];
const HAS: ExpressionSpecification = ["has", "value"];
const NOT: ExpressionSpecification = ["!", HAS];
const STATE: ExpressionSpecification = ["feature-state", "value"];
const HATCH = "hatch";
// Fills lie under water and roads, lines over the roads they belong to.
const BELOW = { fill: "water-edge", line: "density" } as const;

type Values = Measures["values"];

/** Colour the map so; null takes the colours away. */
export function paint(map: MapLibre, choice: Choice | null, classes: Class[], values: Values): void {
  whenStyled(map, () => {
    redraw(map);
    for (const { id } of map.getStyle().layers) if (id.startsWith(SOURCE)) map.removeLayer(id);
    if (map.getSource(SOURCE)) map.removeSource(SOURCE);
    if (!choice) return;
    const { layer } = choice.unit;
    map.addSource(SOURCE, { type: "vector", tiles: [address(choice)], minzoom: layer.min_zoom, maxzoom: layer.max_zoom });
    const kind = layer.geometry === "line" ? "line" : "fill";
    if (kind === "fill") addHatch(map);
    give(map, choice, values);
    for (const one of kind === "line" ? lines(choice, classes) : fills(choice, classes)) map.addLayer(one, BELOW[kind]);
  });
}

/** New values of the same choice. */
export function repaint(map: MapLibre, choice: Choice, classes: Class[], values: Values): void {
  if (!map.getSource(SOURCE) || isDerived(choice)) return paint(map, choice, classes, values);
  redraw(map);
  const property = choice.unit.layer.geometry === "line" ? "line-color" : "fill-color";
  map.setPaintProperty(SOURCE, property, stepped(VALUE, classes, NO_VALUE));
  reloadTiles(map, SOURCE, [address(choice)]);
}

/** Areas of all levels come together and are told apart here; `level` is not asked of tiles. */
function address(choice: Choice): string {
  const { metric, unit } = choice;
  const { system } = unit.query;
  return tilesOf(unit.layer, { ...(system && { system }), ...(!isDerived(choice) && { metric: metric.key }) });
}

/** The values that are not in the tiles, unit by unit. */
export function give(map: MapLibre, choice: Choice, values: Values): void {
  if (!isDerived(choice)) return;
  for (const [id, value] of Object.entries(values)) {
    if (value === null) continue;
    map.setFeatureState({ source: SOURCE, sourceLayer: choice.unit.layer.key, id: Number(id) }, { value });
  }
}

/** How strongly units with a value are drawn, and those without. */
function strength(choice: Choice, having: number, without: number): ExpressionSpecification | number {
  return isDerived(choice) ? ["case", ["==", ["typeof", STATE], "number"], having, without] : Math.max(having, without);
}

/** State cannot be filtered by: where values are states, what has none is drawn with no strength. */
function withValue(choice: Choice): ExpressionSpecification | true {
  return isDerived(choice) ? true : HAS;
}

function withoutValue(choice: Choice): ExpressionSpecification | true {
  return isDerived(choice) ? true : NOT;
}

function common({ unit }: Choice) {
  return { source: SOURCE, "source-layer": unit.layer.key, minzoom: unit.layer.min_zoom } as const;
}

function filter({ unit }: Choice, also: ExpressionSpecification | true): FilterSpecification {
  const { level } = unit.query;
  return level ? ["all", ["==", ["get", "level"], level], also] : also;
}

function fills(choice: Choice, classes: Class[]): LayerSpecification[] {
  const of = common(choice);
  const value = isDerived(choice) ? STATE : VALUE;
  return [
    { id: SOURCE, type: "fill", ...of, filter: filter(choice, withValue(choice)), paint: { "fill-color": stepped(value, classes, NO_VALUE), "fill-opacity": strength(choice, STRENGTH.values, 0) } },
    { id: `${SOURCE}-none`, type: "fill", ...of, filter: filter(choice, withoutValue(choice)), paint: { "fill-pattern": HATCH, "fill-opacity": strength(choice, 0, 1) } },
    { id: `${SOURCE}-edge`, type: "line", ...of, filter: filter(choice, true), paint: { "line-color": "#fff", "line-width": byZoom([11, 0.4], [16, 1.2]) } },
  ];
}

function lines(choice: Choice, classes: Class[]): LayerSpecification[] {
  const of = common(choice);
  const value = isDerived(choice) ? STATE : VALUE;
  const width = byZoom([11, 1.4], [14, 3], [18, 9]);
  const layout = { "line-cap": "butt", "line-join": "round" } as const;
  return [
    { id: `${SOURCE}-none`, type: "line", ...of, filter: withoutValue(choice), layout, paint: { "line-color": NO_VALUE, "line-width": byZoom([11, 0.6], [18, 2.5]), "line-dasharray": [3, 2], "line-opacity": strength(choice, 0, 1) } },
    { id: SOURCE, type: "line", ...of, filter: withValue(choice), layout, paint: { "line-color": stepped(value, classes, NO_VALUE), "line-width": width, "line-opacity": strength(choice, 1, 0) } },
  ];
}

/** Hatching for units without a value: no colour of any ramp. */
function addHatch(map: MapLibre): void {
  if (map.hasImage(HATCH)) return;
  const side = 16;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.strokeStyle = NO_VALUE;
  pen.globalAlpha = 0.7;
  pen.lineWidth = 1.6;
  for (const from of [-side, 0, side]) {
    pen.moveTo(from - 2, side + 2);
    pen.lineTo(from + side + 2, -2);
  }
  pen.stroke();
  map.addImage(HATCH, pen.getImageData(0, 0, side, side), { pixelRatio: 2 });
}
