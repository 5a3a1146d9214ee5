// The map itself: made once, then moved, switched and marked by the panels.
import { LngLatBounds, Map as MapLibre, Marker, NavigationControl, ScaleControl } from "maplibre-gl";
import type { MapMouseEvent, PaddingOptions, VectorTileSource } from "maplibre-gl";
import "./maplibre";
import type { Bounds, District, Layer, Layers } from "./api";
import { addBadges } from "./draw/badges";
import { sourcesOf } from "./draw/sources";
import { makeStyle } from "./draw/style";
import { duration, find, h, icon, ICONS, isPhone } from "./dom";
import { keepHash } from "./hash";
import { t, whenLanguage } from "./i18n";

const FRAME_MS = 250;
const CHINA: Bounds = [73, 18, 135, 54];

export interface Chosen {
  source: string;
  id: number;
}

export function makeMap(district: District, declared: Layers): MapLibre {
  // It writes where it stands before it is fitted, and where it is fitted a moment later only: who
  // reloaded in between would be at sea.
  const map = keepHash("map", () => new MapLibre({
    container: find("#map"),
    style: makeStyle(declared),
    bounds: district.bounds ?? CHINA,
    fitBoundsOptions: { padding: framePadding() },
    hash: "map",
    minZoom: 8,
    maxZoom: 20,
    dragRotate: false,
    pitchWithRotate: false,
    attributionControl: false,
    fadeDuration: duration(200),
  }));
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  const stations = declared.layers.find(({ key }) => key === "stations");
  map.once("style.load", () => stations && addBadges(map, stations));
  tellBusy(map);
  addControls(map, district);
  return map;
}

/** `aria-busy` on the map while it moves or draws. */
function tellBusy(map: MapLibre): void {
  const frame = map.getContainer();
  // Said anew for every tile, it would have styles worked out anew in the middle of a gesture.
  const tell = (busy: boolean) => {
    if (frame.getAttribute("aria-busy") !== String(busy)) frame.setAttribute("aria-busy", String(busy));
  };
  tell(true);
  map.on("movestart", () => tell(true));
  map.on("sourcedataloading", () => tell(true));
  map.on("idle", () => tell(false));
}

/** Now, or as soon as the style can be changed. */
export function whenStyled(map: MapLibre, act: () => void): void {
  if (map.getLayer("land")) act();
  else map.once("style.load", act);
}

/** Whether the layer is switched on. */
export function isVisible(map: MapLibre, id: string): boolean {
  return Boolean(map.getLayer(id)) && map.getLayoutProperty(id, "visibility") !== "none";
}

/** Whether what is switched by this name is on. */
export function isOn(map: MapLibre, toggle: string): boolean {
  return map.getStyle().layers.some(({ id, metadata }) => (metadata as { toggle?: string } | undefined)?.toggle === toggle && isVisible(map, id));
}

/** Busy from this moment on: the map itself says so only at its next frame. */
export function redraw(map: MapLibre): void {
  map.getContainer().setAttribute("aria-busy", "true");
  map.triggerRepaint();
}

/** The part of the map that panels leave free, as padding. */
export function framePadding(): PaddingOptions {
  if (document.body.dataset["page"]) return { top: 30, bottom: 30, left: 30, right: 30 };
  const place = document.querySelector<HTMLElement>("#place");
  const open = place !== null && !place.hidden;
  if (isPhone()) return { top: 140, bottom: !open ? 90 : place.hasAttribute("data-folded") ? 150 : window.innerHeight * 0.54 + 10, left: 20, right: 20 };
  return { top: 40, bottom: 60, left: 400, right: open ? 420 : 60 };
}

export function flyTo(map: MapLibre, bbox: Bounds, closest = 16.5): void {
  // Else it would come on top of what the map has kept from an earlier move.
  map.fitBounds(new LngLatBounds(bbox), { padding: framePadding(), absolutePadding: true, maxZoom: closest, duration: duration(900) });
}

/** Ask for a source's tiles in view again; old tiles stay on the map until the new ones are there. */
export function reloadTiles(map: MapLibre, source: string, tiles: string[]): void {
  map.getSource<VectorTileSource>(source)?.setTiles(tiles);
  // Tiles that come back as they were make no frame, and so the map would not say that it is idle.
  const frames = window.setInterval(() => map.triggerRepaint(), FRAME_MS);
  map.once("idle", () => window.clearInterval(frames));
}

/** Ask for a layer's tiles anew, as they are to be asked for now. */
export function retile(map: MapLibre, layer: Layer): void {
  for (const [source, { tiles }] of Object.entries(sourcesOf(layer))) reloadTiles(map, source, tiles ?? []);
}

/** Go closer, where the map is farther away than `zoom`. */
export function zoomIn(map: MapLibre, zoom: number): void {
  if (map.getZoom() < zoom) map.easeTo({ zoom, padding: framePadding(), duration: duration(600) });
}

function addControls(map: MapLibre, district: District): void {
  map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-right");
  map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
  const whole = h("button", { type: "button", onclick: () => district.bounds && flyTo(map, district.bounds) }, icon(ICONS.whole));
  const group = h("div", { class: "maplibregl-ctrl maplibregl-ctrl-group" }, whole);
  map.addControl({ onAdd: () => group, onRemove: () => group.remove() }, "bottom-right");
  whenLanguage(() => {
    label(whole, t("whole"));
    label(find(".maplibregl-ctrl-zoom-in"), t("zoom_in"));
    label(find(".maplibregl-ctrl-zoom-out"), t("zoom_out"));
    map.getCanvas().setAttribute("aria-label", t("map"));
  });
}

function label(button: HTMLElement, text: string): void {
  button.title = text;
  button.setAttribute("aria-label", text);
}

/** Call `act` with where the pointer is: once a frame at most, and not while the map moves under it. */
export function whenPointed(map: MapLibre, act: (event: MapMouseEvent) => void): void {
  let latest: MapMouseEvent | null = null;
  const look = () => {
    const event = latest!;
    latest = null;
    if (!map.isMoving()) act(event);
  };
  map.on("mousemove", (event) => {
    if (!latest) requestAnimationFrame(look);
    latest = event;
  });
}

/** Show or hide everything drawn under the toggle's name. */
export function setVisible(map: MapLibre, toggle: string, visible: boolean): void {
  redraw(map);
  for (const layer of map.getStyle().layers) {
    if ((layer.metadata as { toggle?: string } | undefined)?.toggle === toggle) {
      map.setLayoutProperty(layer.id, "visibility", visible ? "visible" : "none");
    }
  }
}

let current: Chosen | null = null;

/** Outline one feature and nothing else; null outlines nothing. */
export function choose(map: MapLibre, chosen: Chosen | null): void {
  current = chosen;
  outline(map, chosen);
}

/** Outline another feature for a moment; null goes back to the chosen one. */
export function glance(map: MapLibre, at: Chosen | null): void {
  outline(map, at ?? current);
}

function outline(map: MapLibre, chosen: Chosen | null): void {
  whenStyled(map, () => {
    redraw(map);
    for (const { id } of map.getStyle().layers) {
      if (!id.startsWith("chosen-")) continue;
      const here = chosen !== null && id.replace(/^chosen-(fill-|casing-)?/, "") === chosen.source;
      map.setLayoutProperty(id, "visibility", here ? "visible" : "none");
      if (here) map.setFilter(id, ["==", ["id"], chosen.id]);
    }
  });
}

let marker: Marker | null = null;

/** The one marker, at the place in question; null takes it away. */
export function mark(map: MapLibre, at: [number, number] | null): void {
  marker?.remove();
  marker = null;
  if (!at) return;
  const pin = h("div", { class: "pin", "aria-hidden": "true" });
  marker = new Marker({ element: pin, anchor: "bottom" }).setLngLat(at).addTo(map);
}
