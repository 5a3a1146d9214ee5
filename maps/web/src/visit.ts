// Visiting a place: from a click, a search result, the directory or the URL to marker and panel.
import type { Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import { locate, Problem } from "./api";
import type { Area, District, Layers, MeasuredUnit, Place, Result } from "./api";
import { gridSource } from "./draw/grids";
import type { Choice } from "./figures/choice";
import { sourceOf } from "./figures/choice";
import { cellAt, openCell, outline, problemOf } from "./explore/cell";
import { duration, find, h, icon, ICONS, isPhone } from "./dom";
import { readHash, writeHash } from "./hash";
import { t, whenLanguage } from "./i18n";
import { choose, flyTo, framePadding, mark } from "./map";
import type { Chosen } from "./map";
import { placeContent } from "./place";
import type { Thing } from "./thing";
import { CLICKABLE, thingOf } from "./thing";
import { closeSheet } from "./sheet";

const FINGER_PX = 9;
const MOUSE_PX = 4;

export interface Visits {
  result: (result: Result) => void;
  area: (area: Area) => void;
  unit: (choice: Choice, unit: MeasuredUnit) => void;
}

export function visits(map: MapLibre, district: District, declared: Layers): Visits {
  const panel = find("#place");
  const colours = Object.fromEntries(
    declared.layers.find(({ key }) => key === "grids")?.style.swatches.map(({ value, colour }) => [value, colour]) ?? []);
  let asked = new AbortController();
  let shown: { place: Place; thing: Thing | null } | null = null;

  const leave = () => {
    asked.abort();
    shown = null;
    panel.hidden = true;
    mark(map, null);
    choose(map, null);
    outline(map, null);
    writeHash("place", null);
    map.getCanvas().focus({ preventScroll: true });
  };
  const fill = (...content: HTMLElement[]) => {
    const close = h("button", { type: "button", class: "quiet close", "aria-label": t("close"), onclick: leave }, icon(ICONS.close));
    panel.replaceChildren(h("div", { class: "grip", "aria-hidden": "true" }), close, h("div", { class: "content" }, ...content));
  };
  const render = () => shown && fill(...placeContent(shown.place, shown.thing, colours));

  const visit = async (at: [number, number], thing: Thing | null = null, chosen: Chosen | null = null, read = false) => {
    asked.abort();
    asked = new AbortController();
    closeSheet();
    mark(map, at);
    panel.hidden = false;
    panel.setAttribute("aria-busy", "true");
    fill(h("p", { class: "empty" }, t("place_loading")));
    writeHash("place", at.map((degrees) => degrees.toFixed(6)).join(","));
    try {
      const place = await locate(at[0], at[1], asked.signal);
      shown = { place, thing };
      render();
      choose(map, chosen ?? (place.block && { source: "blocks", id: place.block.id }));
      keepInView(map, at);
      if (read) find("#place-title").focus();
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      shown = null;
      fill(h("p", { class: "empty error" }, error instanceof Problem ? error.message : t("offline")),
        h("button", { type: "button", class: "action", onclick: () => void visit(at, thing, chosen) }, t("retry")));
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
      fill(...(await openCell(map, id, ({ geometry }) => void visit(geometry.coordinates), asked.signal)));
      find("#place-title").focus();
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      fill(h("p", { class: "empty error" }, problemOf(error)));
    }
  };

  map.on("click", (event) => {
    const thing = thingNear(map, event);
    const cell = thing ? null : cellAt(map, event);
    if (cell !== null) return void visitCell(cell);
    void visit(thing?.at ?? event.lngLat.toArray(), thing);
  });
  map.on("mousemove", (event) => {
    map.getCanvas().style.cursor = thingNear(map, event) ? "pointer" : "";
  });
  map.getCanvas().addEventListener("keydown", ({ key }) => key === "Enter" && void visit(map.getCenter().toArray(), null, null, true));
  panel.addEventListener("keydown", (event) => event.key === "Escape" && leave());
  whenLanguage(render);
  const reopen = () => {
    const at = placeInUrl();
    if (at) void visit(at);
  };
  window.addEventListener("hashchange", reopen);
  reopen();
  return {
    result: (result) => {
      void visit([result.lon, result.lat], null, chosenOf(result, district), true);
      flyTo(map, result.bbox, result.kind === "block" ? 17 : 16.5);
    },
    area: (area) => {
      if (isPhone()) closeSheet();
      choose(map, { source: "areas", id: area.id });
      flyTo(map, area.bbox);
    },
    unit: ({ unit: kind }, unit) => {
      if (isPhone()) closeSheet();
      choose(map, { source: sourceOf(kind), id: unit.id });
      flyTo(map, unit.bbox);
    },
  };
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

function chosenOf(result: Result, district: District): Chosen | null {
  const system = district.systems.find(({ name }) => name === result.detail)?.code ?? "";
  const source = {
    area: result.detail === "compound" ? "compounds" : "areas", block: "blocks", grid: gridSource(system), road: "named_roads",
  }[result.kind as string];
  return source ? { source, id: result.id } : null;
}
