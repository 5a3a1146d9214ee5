// The values of units as numbers on the map, each where it fits into its unit. They are made from the
// units in view, for values worked out in the page are not in the tiles.
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from "maplibre-gl";
import type { Feature, Point, Position } from "geojson";
import type { Measures } from "../api";
import { ink, STRONG } from "../draw/text";
import { figure } from "../i18n";
import { redraw } from "../map";
import type { Choice } from "./choice";

const NUMBERS = "figure-numbers";
const SIZE_PX = 11.5;
const DIGIT_PX = 7;
const MARGIN_PX = 6;

/** What a unit takes up in view: its box in degrees and where its number is to stand. */
interface Place {
  box: [west: number, south: number, east: number, north: number];
  at: Position | null;
}

/** `shown` says what the numbers are; call `draw` when that has changed. */
export function numbersOn(map: MapLibre, source: string, shown: () => { choice: Choice; values: Measures["values"] } | null): { draw(): void } {
  let drawn = "";
  const draw = () => {
    const now = shown();
    const points = now && map.getSource(source) ? numbers(map, source, now.choice, now.values) : [];
    const text = JSON.stringify(points);
    if (text === drawn) return;
    drawn = text;
    put(map, points);
  };
  map.on("idle", draw);
  return { draw };
}

function put(map: MapLibre, features: Feature<Point>[]): void {
  redraw(map);
  const data = { type: "FeatureCollection", features } as const;
  const there = map.getSource<GeoJSONSource>(NUMBERS);
  if (there) return void there.setData(data);
  map.addSource(NUMBERS, { type: "geojson", data });
  map.addLayer(layer());
}

function layer(): LayerSpecification {
  return {
    id: NUMBERS, type: "symbol", source: NUMBERS,
    layout: { "text-field": ["get", "text"], "text-font": STRONG, "text-size": SIZE_PX, "text-padding": 1 },
    paint: ink("#16202f", "rgba(255,255,255,0.95)", 1.6),
  };
}

function numbers(map: MapLibre, source: string, { unit }: Choice, values: Measures["values"]): Feature<Point>[] {
  const { layer, query } = unit;
  const filter = query.level ? ["==", ["get", "level"], query.level] : null;
  const places = new Map<number, Place>();
  for (const { id, geometry } of map.querySourceFeatures(source, { sourceLayer: layer.key, ...(filter && { filter: filter as never }) })) {
    const value = values[String(id)];
    if (typeof value === "number" && "coordinates" in geometry) take(places, Number(id), pointsOf(geometry.coordinates as Nested));
  }
  const names = layer.parts[1];
  if (names) {
    for (const { id, geometry } of map.querySourceFeatures(source, { sourceLayer: names })) {
      const place = places.get(Number(id));
      if (place && geometry.type === "Point") place.at = geometry.coordinates;
    }
  }
  return [...places].sort(([a], [b]) => a - b).flatMap(([id, place]) => pointOf(map, id, place, values[String(id)]!, layer.geometry === "line"));
}

type Nested = Position | Nested[];

function pointsOf(nested: Nested): Position[] {
  return typeof nested[0] === "number" ? [nested as Position] : (nested as Nested[]).flatMap(pointsOf);
}

/** Tiles cut units: a unit's box is that of all its pieces. A line's number stands at the middle of a piece. */
function take(places: Map<number, Place>, id: number, points: Position[]): void {
  const place = places.get(id) ?? { box: [Infinity, Infinity, -Infinity, -Infinity], at: null };
  const { box } = place;
  for (const [lon = 0, lat = 0] of points) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  places.set(id, place);
}

/** The number of a unit, or nothing where it does not fit. */
function pointOf(map: MapLibre, id: number, { box, at }: Place, value: number, line: boolean): Feature<Point>[] {
  const text = figure(value);
  const [low, high] = [map.project([box[0], box[1]]), map.project([box[2], box[3]])];
  const [wide, tall] = [high.x - low.x, low.y - high.y];
  const needs = text.length * DIGIT_PX + MARGIN_PX;
  if (line ? Math.hypot(wide, tall) < 2 * needs : wide < needs || tall < SIZE_PX + MARGIN_PX) return [];
  const middle = at ?? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  return [{ type: "Feature", id, geometry: { type: "Point", coordinates: middle }, properties: { text } }];
}
