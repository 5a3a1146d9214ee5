// Visiting a place: from a click, a search result, the directory or the URL to marker and panel.
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import { locate, Problem } from "./api";
import type { Area, Bounds, Layers, MeasuredUnit, Result } from "./api";
import { gridSource } from "./draw/grids";
import type { Choice } from "./figures/choice";
import { clusterAt, openCluster } from "./clusters";
import { cellAt, openCell, outline, problemOf } from "./explore/cell";
import { duration, find, h, icon, ICONS, isPhone } from "./dom";
import { pushHash, readHash } from "./hash";
import { t, whenLanguage } from "./i18n";
import { choose, flyTo, framePadding, mark, whenPointed } from "./map";
import type { Chosen } from "./map";
import { placeContent } from "./place";
import type { Thing } from "./thing";
import { CLICKABLE, thingOf } from "./thing";
import { clearReach, withReach } from "./reach/station";
import { closeSheet } from "./sheet";
import { unitContent } from "./unit/content";
import type { Ways } from "./unit/content";
import { nearby } from "./unit/near";
import { parseUnit, readUnit } from "./unit/types";
import type { UnitRef, UnitTold } from "./unit/types";

// Asked before the map writes its own view into the address.
export const VIEW_GIVEN = readHash("map") !== null;
const FINGER_PX = 9;
const MOUSE_PX = 4;

export interface Visits {
  result: (result: Result) => void;
  area: (area: Area) => void;
  unit: (choice: Choice, unit: MeasuredUnit) => void;
  /** The panel of a unit; with `fly` the map goes there. */
  open: (ref: UnitRef, fly?: boolean) => void;
  /** The panel of a place. */
  place: (at: [number, number]) => void;
  /** Whether clicks on the map open panels; tools such as measuring take them for themselves. */
  listen: (on: boolean) => void;
}

/** How a unit's panel is opened: read from its heading on; flown to, at once where its box is known; folded. */
interface How {
  read?: boolean;
  fly?: boolean;
  box?: Bounds;
  folded?: boolean;
}

export function visits(map: MapLibre, declared: Layers): Visits {
  const panel = find("#place");
  const colours = Object.fromEntries(
    declared.layers.find(({ key }) => key === "grids")?.style.swatches.map(({ value, colour }) => [value, colour]) ?? []);
  let asked = new AbortController();
  let shown: (() => HTMLElement[]) | null = null;
  let listening = true;

  const leave = () => {
    asked.abort();
    shown = null;
    panel.hidden = true;
    mark(map, null);
    choose(map, null);
    outline(map, null);
    clearReach(map);
    pushHash({ place: null, unit: null });
    map.getCanvas().focus({ preventScroll: true });
  };
  const fill = (...content: HTMLElement[]) => {
    const close = h("button", { type: "button", class: "quiet close", "aria-label": t("close"), onclick: leave }, icon(ICONS.close));
    panel.replaceChildren(foldButton(panel), close, h("div", { class: "content" }, ...content));
  };
  const render = () => shown && fill(...shown());
  const begin = (at: [number, number] | null, folded = false): AbortSignal => {
    asked.abort();
    asked = new AbortController();
    closeSheet();
    clearReach(map);
    mark(map, at);
    panel.hidden = false;
    panel.toggleAttribute("data-folded", folded && isPhone());
    panel.setAttribute("aria-busy", "true");
    fill(h("p", { class: "empty" }, t("place_loading")));
    return asked.signal;
  };
  const fail = (error: unknown, again: () => void) => {
    shown = null;
    fill(h("p", { class: "empty error" }, error instanceof Problem ? error.message : t("offline")),
      // What is not there will not be there the next time.
      ...(error instanceof Problem && error.status === 404 ? [] : [h("button", { type: "button", class: "action", onclick: again }, t("retry"))]));
  };

  const openUnit = async (ref: UnitRef, how: How = {}) => {
    const signal = begin(null, how.folded);
    choose(map, null);
    if (how.box) flyTo(map, how.box);
    pushHash({ place: null, unit: `${ref.layer}:${ref.id}` });
    try {
      const told = await readUnit(ref, signal);
      shown = () => withReach(map, told, unitContent(told, declared, ways));
      render();
      show(told);
      if (!how.box && (how.fly || !map.getBounds().contains([told.lon, told.lat]))) flyTo(map, told.bbox, told.geometry === "polygon" ? 17 : 16.5);
      if (how.read) find("#place-title").focus();
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      fail(error, () => void openUnit(ref, how));
    }
    panel.setAttribute("aria-busy", "false");
  };
  const show = ({ layer, id, geometry, lon, lat, facts }: UnitTold) => {
    if (geometry === "point") mark(map, [lon, lat]);
    else choose(map, { source: layer === "grids" ? gridSource(String(facts["system"])) : layer, id });
  };
  const ways: Ways = {
    unit: (ref) => void openUnit({ layer: ref.layer, id: ref.id }, { read: true, fly: true }),
    place: (at) => {
      void visit(at, null, null, true);
      if (!map.getBounds().contains(at)) map.easeTo({ center: at, padding: framePadding(), duration: duration(400) });
    },
  };

  const visit = async (at: [number, number], thing: Thing | null = null, chosen: Chosen | null = null, read = false) => {
    const signal = begin(at);
    pushHash({ place: at.map((degrees) => degrees.toFixed(6)).join(","), unit: null });
    try {
      const place = await locate(at[0], at[1], signal);
      shown = () => placeContent(place, thing, colours, nearby(place, declared, ways, signal), ways);
      render();
      choose(map, chosen ?? (place.block && { source: "blocks", id: place.block.id }));
      keepInView(map, at);
      if (read) find("#place-title").focus();
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      fail(error, () => void visit(at, thing, chosen));
    }
    panel.setAttribute("aria-busy", "false");
  };

  const visitCell = async (id: number) => {
    leave();
    asked = new AbortController();
    closeSheet();
    panel.hidden = false;
    fill(h("p", { class: "empty" }, t("place_loading")));
    try {
      fill(...(await openCell(map, id, ({ geometry }) => void visit(geometry.coordinates as [number, number]), asked.signal)));
      find("#place-title").focus();
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      fill(h("p", { class: "empty error" }, problemOf(error)));
    }
  };

  map.on("click", (event) => {
    if (!listening) return;
    const cluster = clusterAt(map, event.point);
    if (cluster) return openCluster(map, cluster);
    const thing = thingNear(map, event);
    const cell = thing ? null : cellAt(map, event);
    if (cell !== null) return void visitCell(cell);
    void visit(thing?.at ?? event.lngLat.toArray(), thing);
  });
  whenPointed(map, (event) => {
    if (listening) map.getCanvas().style.cursor = thingNear(map, event) || clusterAt(map, event.point) ? "pointer" : "";
  });
  map.getCanvas().addEventListener("keydown", ({ key }) => {
    if (key !== "Enter" || !listening) return;
    const cluster = clusterAt(map, map.project(map.getCenter()));
    if (cluster) openCluster(map, cluster);
    else void visit(map.getCenter().toArray(), null, null, true);
  });
  panel.addEventListener("keydown", (event) => event.key === "Escape" && leave());
  whenLanguage(render);
  const reopen = (viewGiven: boolean) => {
    const at = placeInUrl();
    const ref = parseUnit(readHash("unit"));
    // An address without a view leaves it to the unit.
    if (ref) void openUnit(ref, { fly: !viewGiven });
    else if (at) void visit(at);
    else if (!panel.hidden) leave();
  };
  window.addEventListener("hashchange", () => reopen(readHash("map") !== null));
  reopen(VIEW_GIVEN);
  return {
    result: (result) => {
      const layer = layerOf(result);
      if (layer) return void openUnit({ layer, id: result.id }, { read: true, box: result.bbox });
      void visit([result.lon, result.lat], null, null, true);
      flyTo(map, result.bbox, 16.5);
    },
    area: (area) => void openUnit({ layer: "areas", id: area.id }, { box: area.bbox }),
    // Whoever comes from the colours wants to see them: on a phone the panel stays low.
    unit: ({ unit: { layer } }, { id, bbox }) => void openUnit({ layer: layer.key, id }, { box: bbox, folded: true }),
    open: (ref, fly = false) => void openUnit(ref, { fly }),
    place: ways.place,
    listen: (on) => {
      listening = on;
    },
  };
}

/** The handle of the sheet on a phone: it folds the panel to its heading and back. */
function foldButton(panel: HTMLElement): HTMLElement {
  const say = () => {
    const folded = panel.hasAttribute("data-folded");
    button.setAttribute("aria-expanded", String(!folded));
    button.setAttribute("aria-label", t(folded ? "unfold" : "fold"));
  };
  const button = h("button", { type: "button", class: "pull", onclick: () => {
    panel.toggleAttribute("data-folded");
    say();
  } }, h("span", { class: "grip" }));
  say();
  return button;
}

function placeInUrl(): [number, number] | null {
  const [lon, lat] = (readHash("place") || ",").split(",").map((text) => (text ? Number(text) : NaN));
  return Number.isFinite(lon) && Number.isFinite(lat) ? [lon!, lat!] : null;
}

function thingNear(map: MapLibre, { point, originalEvent }: MapMouseEvent): Thing | null {
  const touch = originalEvent instanceof PointerEvent && originalEvent.pointerType === "touch";
  const reach = touch || isPhone() ? FINGER_PX : MOUSE_PX;
  const layers = CLICKABLE.filter((id) => map.getLayer(id));
  const found = map.queryRenderedFeatures([[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]], { layers });
  return found[0] ? thingOf(found[0]) : null;
}

/** Bring a marker that a panel would cover back into the free part of the map. */
function keepInView(map: MapLibre, at: [number, number]): void {
  if (map.isMoving()) return;
  const { x, y } = map.project(at);
  const { clientWidth, clientHeight } = map.getContainer();
  const covered = isPhone()
    ? y > clientHeight * 0.44 || y < 130
    : x > clientWidth - 400 || x < 390;
  if (!covered) return;
  const padding = isPhone() ? { top: 130, bottom: clientHeight * 0.54, left: 0, right: 0 } : framePadding();
  map.easeTo({ center: at, padding, duration: duration(400) });
}

/** The layer whose unit was found; an incident has no panel but its place's. */
function layerOf({ kind, detail }: Result): string | null {
  if (kind === "area") return detail === "compound" ? "compounds" : "areas";
  return { block: "blocks", grid: "grids", road: "named_roads", station: "stations", merchant: "merchants" }[kind as string] ?? null;
}
