// Water, and roads: as lines while they are thin, as their real surface from zoom 14.
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import type { Layer } from "../api";
import { byZoom, swatch } from "./colours";
import { ink, REGULAR } from "./text";

const SURFACE_ZOOM = 14;
const CASING = "#d8cfbd";
const CLASS: ExpressionSpecification = ["get", "class"];

const is = (kind: string): FilterSpecification => ["==", ["get", "kind"], kind];
const ROAD_KINDS: FilterSpecification = ["match", ["get", "kind"], ["road", "lane"], true, false];

/** One value per class of road, from the greatest to the least. */
function byClass<T extends string | number>(motorway: T, primary: T, secondary: T, tertiary: T, least: T): ExpressionSpecification {
  return [
    "match", CLASS,
    ["motorway", "motorway_link", "trunk", "trunk_link"], motorway,
    ["primary", "primary_link"], primary,
    ["secondary", "secondary_link"], secondary,
    ["tertiary", "tertiary_link"], tertiary,
    least,
  ] as unknown as ExpressionSpecification;
}

function fillColour(layer: Layer): ExpressionSpecification {
  const least = swatch(layer, "residential");
  return byClass(swatch(layer, "motorway"), swatch(layer, "primary"), swatch(layer, "secondary"), least, least);
}

const IMPORTANCE = byClass(5, 4, 3, 2, 1);
const WIDTH = byZoom([10, byClass(1.6, 1.3, 0.8, 0.4, 0.3)], [14, byClass(7, 6, 4.5, 3, 1.6)]);
const CASED = byZoom([10, byClass(2.6, 2.1, 1.4, 0.8, 0.5)], [14, byClass(9, 8, 6.3, 4.6, 2.8)]);

export function water(layer: Layer): LayerSpecification[] {
  const colour = swatch(layer, "river");
  const source = { source: "roads", "source-layer": "roads", filter: is("river") } as const;
  return [
    { id: "water-edge", type: "line", ...source, paint: { "line-color": "#8dbcd6", "line-width": byZoom([11, 0.6], [16, 2.4]) } },
    { id: "water", type: "fill", ...source, paint: { "fill-color": colour, "fill-antialias": false } },
  ];
}

export function roadLines(layer: Layer): LayerSpecification[] {
  const common = { source: "segments", "source-layer": "segments", filter: ROAD_KINDS, maxzoom: SURFACE_ZOOM } as const;
  const layout = { "line-cap": "round", "line-join": "round", "line-sort-key": IMPORTANCE } as const;
  return [
    { id: "road-lines-casing", type: "line", ...common, layout, paint: { "line-color": CASING, "line-width": CASED } },
    { id: "road-lines", type: "line", ...common, layout, paint: { "line-color": fillColour(layer), "line-width": WIDTH } },
  ];
}

export function roadSurfaces(layer: Layer): LayerSpecification[] {
  const common = { source: "roads", "source-layer": "roads", filter: ROAD_KINDS, minzoom: SURFACE_ZOOM } as const;
  return [
    {
      id: "roads-casing", type: "line", ...common,
      layout: { "line-join": "round" },
      paint: { "line-color": CASING, "line-width": byZoom([14, 1.4], [16, 2.2], [18, 3]) },
    },
    {
      id: "roads", type: "fill", ...common,
      layout: { "fill-sort-key": IMPORTANCE },
      paint: { "fill-color": fillColour(layer), "fill-antialias": false },
    },
  ];
}

export function rails(): LayerSpecification[] {
  const common = { source: "segments", "source-layer": "segments", filter: is("rail"), minzoom: 12 } as const;
  return [
    { id: "rail", type: "line", ...common, paint: { "line-color": "#a9abb0", "line-width": byZoom([12, 1], [16, 3]) } },
    {
      id: "rail-ties", type: "line", ...common,
      paint: { "line-color": "#fff", "line-width": byZoom([12, 0.5], [16, 1.8]), "line-dasharray": [4, 4] },
    },
  ];
}

/** The axis of every segment, drawn over its road. */
export function axes(layer: Layer): LayerSpecification[] {
  return [
    {
      id: "segments", type: "line", source: "segments", "source-layer": "segments",
      paint: { "line-color": layer.style.colour, "line-width": byZoom([10, 0.5], [14, 1], [18, 1.8]), "line-opacity": 0.8 },
    },
  ];
}

/** The strips along both sides of every segment. */
export function sides(layer: Layer): LayerSpecification[] {
  const common = { source: "sides", "source-layer": "sides", minzoom: layer.min_zoom } as const;
  return [
    { id: "sides-fill", type: "fill", ...common, paint: { "fill-color": layer.style.colour, "fill-opacity": 0.12 } },
    {
      id: "sides", type: "line", ...common,
      paint: { "line-color": layer.style.colour, "line-width": byZoom([15, 0.6], [18, 1.4]), "line-opacity": 0.9 },
    },
  ];
}

export function roadNames(layer: Layer): LayerSpecification[] {
  const common = { source: "named_roads", "source-layer": "named_roads" } as const;
  const text: ExpressionSpecification = ["get", "name"];
  const along = { "symbol-placement": "line" as const, "text-field": text, "text-font": REGULAR };
  return [
    {
      id: "river-names", type: "symbol", ...common, filter: is("river"), minzoom: 11,
      layout: { ...along, "text-size": byZoom([11, 11], [16, 17]), "text-letter-spacing": 0.3, "symbol-spacing": 420 },
      paint: ink("#3c7ca3", "rgba(255,255,255,0.6)", 1),
    },
    {
      id: "road-names", type: "symbol", ...common, filter: ["!=", ["get", "kind"], "river"], minzoom: 13,
      layout: {
        ...along,
        "text-size": byZoom([13, byClass(11, 11, 10.5, 10, 10)], [17, byClass(15, 14.5, 13.5, 12.5, 12)]),
        "text-letter-spacing": 0.04, "symbol-spacing": 320, "text-padding": 10, "text-max-angle": 30,
        "symbol-sort-key": ["-", 0, IMPORTANCE],
      },
      paint: ink(layer.style.colour),
    },
  ];
}
