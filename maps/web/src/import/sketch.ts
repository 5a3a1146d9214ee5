// The small map: the district's areas and roads, and on them the first rows of the file.
import { GeoJSONSource, LngLatBounds, Map as MapLibre, NavigationControl, ScaleControl } from "maplibre-gl";
import type { FeatureCollection, Geometry } from "geojson";
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import "../maplibre";
import type { Bounds, District, Layers } from "../api";
import { groundStyle } from "../draw/style";
import { duration, find } from "../dom";
import { t, whenLanguage } from "../i18n";
import type { Preview } from "./service";

const CHINA: Bounds = [73, 18, 135, 54];
const GROUND = ["areas", "roads", "named_roads"];
const FINE = "#1d5fd1";
const BAD = "#d3382c";
const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };
// A row this far outside of the district, in degrees, does not make the view wider.
const NEAR_DEG = 0.05;

export interface Sketch {
  show(preview: Preview | null, refit: boolean): void;
  choose(row: number | null): void;
  map: MapLibre;
}

export function sketch(district: District, declared: Layers, pick: (row: number) => void): Sketch {
  const home = district.bounds ?? CHINA;
  const map = new MapLibre({
    container: find("#map"), style: style(declared), bounds: home, fitBoundsOptions: { padding: 24 },
    minZoom: 3, maxZoom: 20, dragRotate: false, pitchWithRotate: false, attributionControl: false, fadeDuration: 0,
    cooperativeGestures: window.matchMedia("(max-width: 900px)").matches,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
  map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-left");
  whenLanguage(() => map.getCanvas().setAttribute("aria-label", t("import_map")));
  const frame = map.getContainer();
  frame.setAttribute("aria-busy", "true");
  map.on("idle", () => frame.setAttribute("aria-busy", "false"));
  const picked = ["rows-points", "rows-lines", "rows-fill"];
  map.on("click", (event) => {
    const hit = map.queryRenderedFeatures(event.point, { layers: picked })[0];
    if (hit) pick(Number(hit.properties["row"]));
  });
  let latest: Preview | null = null;
  const ready = new Promise<void>((resolve) => map.once("load", () => resolve()));
  const source = () => map.getSource<GeoJSONSource>("rows");
  return {
    map,
    show(preview, refit) {
      latest = preview;
      frame.setAttribute("aria-busy", "true");
      void ready.then(() => {
        if (latest !== preview) return;
        source()?.setData(preview ? collection(preview) : NOTHING);
        if (refit) map.fitBounds(new LngLatBounds(view(preview, home)), { padding: 40, maxZoom: 17, duration: 0 });
        map.triggerRepaint();
      });
    },
    choose(row) {
      void ready.then(() => {
        map.setFilter("rows-chosen", ["==", ["get", "row"], row ?? -1]);
        map.setFilter("rows-chosen-line", ["==", ["get", "row"], row ?? -1]);
        const at = row === null || !latest ? null : boundsOf(latest, ({ row: one }) => one === row);
        if (at && !within(map, at)) map.fitBounds(new LngLatBounds(at), { padding: 60, maxZoom: 17, duration: duration(500) });
      });
    },
  };
}

function style(declared: Layers): StyleSpecification {
  const { sources, layers, ...rest } = groundStyle(declared, GROUND);
  return { ...rest, sources: { ...sources, rows: { type: "geojson", data: NOTHING } }, layers: [...layers, ...rowLayers()] };
}

function rowLayers(): LayerSpecification[] {
  const colour = ["case", ["get", "bad"], BAD, FINE] as unknown as string;
  const none: ["==", ["get", "row"], number] = ["==", ["get", "row"], -1];
  const is = (shape: string): ["==", ["geometry-type"], string] => ["==", ["geometry-type"], shape];
  return [
    { id: "rows-fill", type: "fill", source: "rows", filter: is("Polygon"), paint: { "fill-color": colour, "fill-opacity": 0.16 } },
    { id: "rows-edge", type: "line", source: "rows", filter: is("Polygon"), paint: { "line-color": colour, "line-width": 1.6 } },
    { id: "rows-lines", type: "line", source: "rows", filter: is("LineString"), paint: { "line-color": colour, "line-width": 3 } },
    { id: "rows-chosen-line", type: "line", source: "rows", filter: none, paint: { "line-color": "#16202f", "line-width": 4 } },
    {
      id: "rows-points", type: "circle", source: "rows", filter: is("Point"),
      paint: { "circle-color": colour, "circle-radius": 5, "circle-stroke-color": "#fff", "circle-stroke-width": 1.5 },
    },
    {
      id: "rows-chosen", type: "circle", source: "rows", filter: none,
      paint: { "circle-color": colour, "circle-radius": 8, "circle-stroke-color": "#16202f", "circle-stroke-width": 3 },
    },
  ];
}

function collection({ rows }: Preview): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: rows.flatMap(({ row, reason, geometry }) =>
      geometry ? [{ type: "Feature" as const, geometry, properties: { row, bad: reason !== "" } }] : []),
  };
}

/** The rows and, where they are near the district or nothing else is there, the district. */
function view(preview: Preview | null, home: Bounds): Bounds {
  const near = (box: Bounds) => box[0] < home[2] + NEAR_DEG && box[2] > home[0] - NEAR_DEG && box[1] < home[3] + NEAR_DEG && box[3] > home[1] - NEAR_DEG;
  return (preview && boundsOf(preview, ({ geometry }) => near(boxOf(geometry)))) ?? home;
}

function boundsOf({ rows }: Preview, wanted: (row: { row: number; geometry: Geometry }) => boolean): Bounds | null {
  const boxes = rows.flatMap(({ row, geometry }) => (geometry && wanted({ row, geometry }) ? [boxOf(geometry)] : []));
  if (boxes.length === 0) return null;
  return [
    Math.min(...boxes.map((box) => box[0])), Math.min(...boxes.map((box) => box[1])),
    Math.max(...boxes.map((box) => box[2])), Math.max(...boxes.map((box) => box[3])),
  ];
}

function boxOf(geometry: Geometry): Bounds {
  const flat = ("coordinates" in geometry ? (geometry.coordinates as unknown[]) : []).flat(Infinity) as number[];
  const box: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = 0; at < flat.length; at += 2) {
    box[0] = Math.min(box[0], flat[at]!);
    box[2] = Math.max(box[2], flat[at]!);
    box[1] = Math.min(box[1], flat[at + 1]!);
    box[3] = Math.max(box[3], flat[at + 1]!);
  }
  return box;
}

function within(map: MapLibre, [west, south, east, north]: Bounds): boolean {
  const shown = map.getBounds();
  return shown.contains([west, south]) && shown.contains([east, north]);
}
