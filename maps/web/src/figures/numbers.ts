// The values of units as numbers on the map, each where it fits into its unit. They are made from the
// units in view, for values worked out in the page are not in the tiles.
import type { GeoJSONSource, LayerSpecification, Map as MapLibre } from "maplibre-gl";
import type { Feature, Geometry, Point, Position } from "geojson";
import type { Measures } from "../api";
import { ink, STRONG } from "../draw/text";
import { redraw } from "../map";
import type { Choice } from "./choice";
import { wordOf } from "./panel";

export const NUMBERS = "figure-numbers";
const SIZE_PX = 11.5;
const DIGIT_PX = 7;
const MARGIN_PX = 6;

/** What a unit takes up in view: its box in degrees and where its number is to stand. */
interface Place {
  box: [west: number, south: number, east: number, north: number];
  at: Position;
  /** How large the piece is that the number stands in, in degrees. */
  size: number;
}

/** `shown` says what the numbers are; call `draw` when that has changed. */
export function numbersOn(map: MapLibre, source: string, shown: () => { choice: Choice; values: Measures["values"] } | null): { draw(): void } {
  let drawn = "[]"; // no source is made before there is a number
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

function numbers(map: MapLibre, source: string, { metric, unit }: Choice, values: Measures["values"]): Feature<Point>[] {
  const { layer, query } = unit;
  const filter = query.level ? ["==", ["get", "level"], query.level] : null;
  const places = new Map<number, Place>();
  for (const { id, geometry } of map.querySourceFeatures(source, { sourceLayer: layer.key, ...(filter && { filter: filter as never }) })) {
    const value = values[String(id)];
    if (typeof value !== "number") continue;
    for (const piece of piecesOf(geometry)) take(places, Number(id), piece, layer.geometry === "line");
  }
  const names = layer.parts[1];
  if (names) {
    for (const { id, geometry } of map.querySourceFeatures(source, { sourceLayer: names })) {
      const place = places.get(Number(id));
      if (place && geometry.type === "Point") place.at = geometry.coordinates;
    }
  }
  const say = wordOf(metric.key);
  return [...places].sort(([a], [b]) => a - b).flatMap(([id, place]) => pointOf(map, id, place, say(values[String(id)]!), layer.geometry === "line"));
}

/** Lines, and outer rings of polygons. */
function piecesOf(geometry: Geometry): Position[][] {
  if (geometry.type === "LineString") return [geometry.coordinates];
  if (geometry.type === "MultiLineString") return geometry.coordinates;
  if (geometry.type === "Polygon") return geometry.coordinates.slice(0, 1);
  return geometry.type === "MultiPolygon" ? geometry.coordinates.map(([ring]) => ring!) : [];
}

/** Tiles cut units: a unit's box is that of all its pieces, and its number stands in the largest of them. */
function take(places: Map<number, Place>, id: number, piece: Position[], line: boolean): void {
  const place = places.get(id) ?? { box: [Infinity, Infinity, -Infinity, -Infinity], at: [0, 0], size: -1 };
  const [lons, lats] = [piece.map(([lon]) => lon!), piece.map(([, lat]) => lat!)];
  const [west, south, east, north] = [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
  const size = Math.hypot(east - west, north - south);
  const { box } = place;
  place.box = [Math.min(box[0], west), Math.min(box[1], south), Math.max(box[2], east), Math.max(box[3], north)];
  if (size > place.size) [place.size, place.at] = [size, line ? halfway(piece) : inside(piece, (south + north) / 2)];
  places.set(id, place);
}

/** The middle of a line, by its vertices. */
function halfway(line: Position[]): Position {
  const at = (line.length - 1) / 2;
  const [a, b] = [line[Math.floor(at)]!, line[Math.ceil(at)]!];
  return [(a[0]! + b[0]!) / 2, (a[1]! + b[1]!) / 2];
}

/** The middle of the widest stretch of a ring's inside at one latitude. */
function inside(ring: Position[], lat: number): Position {
  const crossings = ring.flatMap(([lon = 0, y = 0], at) => {
    const [before = 0, from = 0] = ring[at ? at - 1 : ring.length - 1]!;
    return from <= lat === y <= lat ? [] : [before + ((lat - from) / (y - from)) * (lon - before)];
  }).sort((a, b) => a - b);
  let best: Position = [ring[0]![0]!, lat];
  let width = -1;
  for (let at = 0; at + 1 < crossings.length; at += 2) {
    const [from, to] = [crossings[at]!, crossings[at + 1]!];
    if (to - from > width) [width, best] = [to - from, [(from + to) / 2, lat]];
  }
  return best;
}

/** The number of a unit, or nothing where it does not fit. */
function pointOf(map: MapLibre, id: number, { box, at }: Place, text: string, line: boolean): Feature<Point>[] {
  const [low, high] = [map.project([box[0], box[1]]), map.project([box[2], box[3]])];
  const [wide, tall] = [high.x - low.x, low.y - high.y];
  const needs = text.length * DIGIT_PX + MARGIN_PX;
  if (line ? Math.hypot(wide, tall) < 2 * needs : wide < needs || tall < SIZE_PX + MARGIN_PX) return [];
  return [{ type: "Feature", id, geometry: { type: "Point", coordinates: at }, properties: { text } }];
}
