// The map of a draft. A stroke sets states of the features that it touches; nothing is drawn from anew.
import { GeoJSONSource, LngLatBounds, Map as MapLibre, NavigationControl, ScaleControl } from "maplibre-gl";
import "../maplibre";
import type { Feature, Position } from "geojson";
import type { Bounds, District, Layers } from "../api";
import { duration, isPhone } from "../dom";
import { groundStyle } from "../draw/style";
import { keepHash } from "../hash";
import { PALETTE } from "../palette";
import { pairKey, sharedLines } from "./borders";
import { locator, polygonsOf } from "./ground";
import type { Ground, Locate } from "./ground";
import { FILLS, LINES, NAMES, SOURCES } from "./layers";
import type { GroundAnswer } from "./service";

const CHINA: Bounds = [73, 18, 135, 54];
// The tools lie over the top of the map.
const besideTools = () => ({ top: isPhone() ? 160 : 68, right: 24, bottom: 24, left: 24 });
const TOGGLES = ["areas", "roads", "named_roads"];

/** The ground as it is drawn: outlines of blocks, lines of edges. */
export interface Shapes {
  blocks: Feature[];
  edges: Feature[];
  boxes: LngLatBounds[];
  locate: Locate;
}

export function shapesOf(answer: GroundAnswer, ground: Ground): Shapes {
  const outlines = answer.blocks.features.map(({ geometry }) => geometry);
  const lines = sharedLines(outlines);
  return {
    blocks: outlines.map((geometry, id) => ({ type: "Feature", id, geometry, properties: {} })),
    edges: ground.edges.map(({ a, b }, id) => ({
      type: "Feature", id, properties: {}, geometry: { type: "MultiLineString", coordinates: lines.get(pairKey(a, b)) ?? [] },
    })),
    boxes: outlines.map((outline) => {
      const box = new LngLatBounds();
      for (const [ring] of polygonsOf(outline)) for (const at of ring!) box.extend(at as [number, number]);
      return box;
    }),
    locate: locator(outlines),
  };
}

export function makeMap(container: HTMLElement, district: District, declared: Layers, quiet = false): MapLibre {
  const map = keepHash("map", () => new MapLibre({
    container, style: groundStyle(declared, quiet ? ["areas", "roads"] : TOGGLES), bounds: district.bounds ?? CHINA, fitBoundsOptions: { padding: quiet ? 24 : besideTools() },
    hash: quiet ? false : "map", minZoom: 8, maxZoom: 20, dragRotate: false, pitchWithRotate: false, attributionControl: false, fadeDuration: 0,
  }));
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  if (!quiet) {
    map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
    map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-left");
  }
  const busy = (now: boolean) => container.setAttribute("aria-busy", String(now));
  busy(true);
  map.on("movestart", () => busy(true));
  map.on("idle", () => busy(false));
  return map;
}

/** Kept once the layers of plans are on the map. */
function withLayers(map: MapLibre): Promise<void> {
  return new Promise((resolve) => map.once("load", () => {
    for (const [name, source] of Object.entries(SOURCES)) map.addSource(name, source);
    const drawn = map.getStyle().layers;
    const roads = drawn.find(({ metadata }) => (metadata as { toggle?: string } | undefined)?.toggle === "roads")?.id;
    const words = drawn.find(({ type }) => type === "symbol")?.id;
    for (const layer of FILLS) map.addLayer(layer, roads);
    for (const layer of LINES) map.addLayer(layer, words);
    for (const layer of NAMES) map.addLayer(layer);
    resolve();
  }));
}

interface BlockState {
  colour?: string;
  filled?: boolean;
  faded?: boolean;
  wrong?: boolean;
  pointed?: boolean;
  /** Chosen to be cut or joined. */
  picked?: boolean;
}

interface EdgeState {
  border?: boolean;
  ghost?: boolean;
  chosen?: boolean;
  pointed?: boolean;
}

export interface Board {
  map: MapLibre;
  lay(shapes: Shapes): void;
  block(place: number, state: BlockState): void;
  edge(place: number, state: EdgeState): void;
  names(features: Feature[]): void;
  /** A ring, or a line that stays open. */
  lasso(ring: Position[], open?: boolean): void;
  go(places: Iterable<number>): void;
  clear(): void;
}

export async function board(container: HTMLElement, district: District, declared: Layers, quiet = false): Promise<Board> {
  const map = makeMap(container, district, declared, quiet);
  await withLayers(map);
  let laid: Shapes | null = null;
  const put = (name: string, features: Feature[]) => map.getSource<GeoJSONSource>(name)?.setData({ type: "FeatureCollection", features });
  const drawing = () => container.setAttribute("aria-busy", "true");
  return {
    map,
    lay(shapes) {
      laid = shapes;
      drawing();
      map.removeFeatureState({ source: "blocks" });
      map.removeFeatureState({ source: "edges" });
      put("blocks", shapes.blocks);
      put("edges", shapes.edges);
    },
    block(id, state) {
      drawing();
      map.setFeatureState({ source: "blocks", id }, state);
    },
    edge: (id, state) => map.setFeatureState({ source: "edges", id }, state),
    names: (features) => put("names", features),
    lasso: (ring, open = false) => put("lasso", open && ring.length > 1 ? [{ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: ring } }] : ring.length > 2 ? [{ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...ring, ring[0]!]] } }] : []),
    clear() {
      for (const name of Object.keys(SOURCES)) put(name, []);
    },
    go(places) {
      const box = new LngLatBounds();
      for (const place of places) if (laid) box.extend(laid.boxes[place]!);
      if (!box.isEmpty()) map.fitBounds(box, { padding: 90, maxZoom: 16.5, duration: duration(500) });
    },
  };
}

export function colourAt(colour: number | undefined): string {
  return PALETTE[colour ?? 0]!;
}
