// Drawing along a road: pressed on a side and drawn along, the map shows the stretch and its metres.
import type { FeatureCollection } from "geojson";
import type { GeoJSONSource, Map as MapLibre, MapMouseEvent, MapTouchEvent } from "maplibre-gl";
import { find, h } from "../dom";
import { byZoom } from "../draw/colours";
import { metres, t } from "../i18n";
import { redraw, whenStyled } from "../map";
import type { Look, Named, Spot } from "./writing";

const SOURCE = "drawn";
// What a finger or pointer may miss a road by, and what is a click and no drawing yet, in pixels.
const REACH_PX = 12;
const STILL_PX = 6;
const INK = "#10213d";
const LIT = "#ffd43b";

type Press = MapMouseEvent | MapTouchEvent;

/** Calls `draw` while somebody draws, `done` at the end; only while `active()`. */
export function drawing(map: MapLibre, active: () => boolean, draw: (where: Named) => void, done: () => void): void {
  let start: { spot: Spot; x: number; y: number; segment: number; side: "L" | "R" } | null = null;
  let moved = false;

  const press = (event: Press) => {
    if (!active() || ("touches" in event.originalEvent && event.originalEvent.touches.length > 1)) return void (start = null);
    const side = sideAt(map, event);
    if (!side) return;
    event.preventDefault(); // the map stays where it is
    start = { spot: event.lngLat.toArray(), x: event.point.x, y: event.point.y, ...side };
    moved = false;
  };
  const move = (event: Press) => {
    if (!start) return;
    if (!moved && Math.hypot(event.point.x - start.x, event.point.y - start.y) < STILL_PX) return;
    moved = true;
    tell(event.point.x, event.point.y);
    draw({ along: [start.spot, event.lngLat.toArray()], side: "" });
  };
  const release = () => {
    if (!start) return;
    if (!moved) draw({ segment: start.segment, side: start.side });
    start = null;
    done();
  };
  map.on("mousedown", press);
  map.on("touchstart", press);
  map.on("mousemove", (event) => {
    if (active()) map.getCanvas().style.cursor = start || sideAt(map, event) ? "crosshair" : "";
    move(event);
  });
  map.on("touchmove", move);
  map.on("touchend", release);
  window.addEventListener("mouseup", release);
}

/** The side of a road that is drawn nearest to where the map is pressed. */
function sideAt(map: MapLibre, { point: { x, y } }: Press): { segment: number; side: "L" | "R" } | null {
  if (!map.getLayer("coverage")) return null;
  for (const reach of [2, REACH_PX]) {
    const [found] = map.queryRenderedFeatures([[x - reach, y - reach], [x + reach, y + reach]], { layers: ["coverage"] });
    if (found) return found.properties as { segment: number; side: "L" | "R" };
  }
  return null;
}

function bubble(): HTMLElement {
  return document.querySelector<HTMLElement>("#drawn") ?? find(".stage").appendChild(h("output", { id: "drawn", hidden: true }));
}

function tell(x: number, y: number): void {
  const box = bubble();
  const left = Math.max(0, Math.min(x, find(".stage").clientWidth - box.offsetWidth - 24));
  box.style.translate = `${Math.round(left)}px ${Math.round(y)}px`;
}

/** Show a stretch on the map, beside its axis, with its metres where the pointer is; null shows none. */
export function show(map: MapLibre, look: Look | null, beside = false): void {
  const box = bubble();
  box.hidden = !look || !beside;
  if (look) box.textContent = look.held.length ? t("assign_bubble_held", { all: metres(look.metres), free: metres(look.free_m) }) : metres(look.metres);
  const data: FeatureCollection = {
    type: "FeatureCollection",
    features: (look?.stretches ?? []).map(({ line, side }) => ({ type: "Feature", properties: { side }, geometry: { type: "LineString", coordinates: line } })),
  };
  whenStyled(map, () => {
    redraw(map);
    const source = map.getSource<GeoJSONSource>(SOURCE);
    if (source) source.setData(data);
    else add(map, data);
  });
}

function add(map: MapLibre, data: FeatureCollection): void {
  map.addSource(SOURCE, { type: "geojson", data });
  const off = (pixels: number) => ["match", ["get", "side"], "L", -pixels, pixels] as never;
  const offset = byZoom([10, off(0.5)], [13, off(1.2)], [15, off(3.2)], [18, off(15)]);
  const line = (id: string, color: string, wider: number) => map.addLayer({
    id, type: "line", source: SOURCE, layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": color, "line-width": byZoom([10, 3 + wider], [15, 6 + wider], [18, 10 + wider]), "line-offset": offset },
  });
  line("drawn-casing", INK, 4);
  line("drawn-line", LIT, 0);
}
