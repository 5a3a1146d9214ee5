// Measuring: clicks (or Enter, at the map's middle) make a line; the service says how long it is and
// how large the ring that closes it, in the district's metric CRS.
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { Problem, read } from "../api";
import { h } from "../dom";
import { metres, t, whenLanguage } from "../i18n";
import { redraw } from "../map";
import { squareMetres } from "../unit/content";
import type { Visits } from "../visit";

interface Measured {
  length_m: number;
  around_m: number | null;
  area_m2: number | null;
  srid: number;
}

type Point = [number, number];
const SOURCE = "ruler";
const INK = "#16202f";

export function measuring(map: MapLibre, visit: Visits) {
  const listeners: ((on: boolean) => void)[] = [];
  const card = h("section", { id: "measure", class: "card", hidden: true, "aria-live": "polite" });
  document.body.append(card);
  let on = false;
  let points: Point[] = [];
  let said: Measured | string | null = null;
  let asked = new AbortController();

  const render = () => card.replaceChildren(
    h("h2", {}, t("tool_measure")),
    said === null ? h("p", { class: "note" }, t("measure_how")) : typeof said === "string" ? h("p", { class: "note warn" }, said) : figures(said),
    h("div", { class: "buttons" },
      h("button", { type: "button", class: "quiet", disabled: points.length === 0, onclick: () => change(points.slice(0, -1)) }, t("measure_undo")),
      h("button", { type: "button", class: "quiet", disabled: points.length === 0, onclick: () => change([]) }, t("clear")),
      h("button", { type: "button", class: "quiet", onclick: () => turn(false) }, t("close"))));
  const change = async (wanted: Point[]) => {
    points = wanted;
    asked.abort();
    asked = new AbortController();
    draw(map, points);
    if (points.length < 2) {
      said = null;
      return render();
    }
    try {
      said = await measure(points, asked.signal);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      said = error instanceof Problem ? error.message : t("offline");
    }
    render();
  };
  const turn = (wanted = !on) => {
    on = wanted;
    visit.listen(!on);
    card.hidden = !on;
    map.getCanvas().style.cursor = on ? "crosshair" : "";
    void change([]);
    for (const listener of listeners) listener(on);
    if (on) map.getCanvas().focus({ preventScroll: true });
  };
  map.on("click", ({ lngLat }) => on && void change([...points, lngLat.toArray()]));
  document.addEventListener("keydown", (event) => {
    if (!on || (event.target !== map.getCanvas() && !card.contains(event.target as Node))) return;
    if (event.key === "Escape") turn(false);
    if (event.target !== map.getCanvas()) return;
    if (event.key === "Enter") void change([...points, map.getCenter().toArray()]);
    if (event.key === "Backspace") void change(points.slice(0, -1));
  });
  whenLanguage(render);
  return { turn: () => turn(), when: (listener: (on: boolean) => void) => void listeners.push(listener) };
}

async function measure(points: Point[], signal: AbortSignal): Promise<Measured> {
  const body = JSON.stringify({ points });
  return read<Measured>(await fetch("/api/measure", { method: "POST", headers: { "Content-Type": "application/json" }, body, signal }));
}

function figures({ length_m, around_m, area_m2, srid }: Measured): HTMLElement {
  const one = (name: string, value: string) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  return h("div", {},
    h("dl", { class: "tiles" }, one(t("measure_length"), metres(length_m)),
      ...(area_m2 === null || around_m === null ? [] : [one(t("measure_area"), squareMetres(area_m2)), one(t("measure_around"), metres(around_m))])),
    h("p", { class: "note" }, t("measure_in", { srid })));
}

function draw(map: MapLibre, points: Point[]): void {
  redraw(map);
  const ring = points.length > 2 ? [...points, points[0]!] : [];
  const feature = (geometry: GeoJSON.Geometry): GeoJSON.Feature => ({ type: "Feature", properties: {}, geometry });
  const data: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [
    ...(ring.length ? [feature({ type: "Polygon", coordinates: [ring] })] : []),
    ...(points.length > 1 ? [feature({ type: "LineString", coordinates: points })] : []),
    ...points.map((point) => feature({ type: "Point", coordinates: point })),
  ] };
  const source = map.getSource<GeoJSONSource>(SOURCE);
  if (source) return void source.setData(data);
  if (points.length === 0) return;
  map.addSource(SOURCE, { type: "geojson", data });
  const of = (type: string) => ["==", ["geometry-type"], type] as ["==", unknown, string];
  map.addLayer({ id: "ruler-fill", type: "fill", source: SOURCE, filter: of("Polygon") as never, paint: { "fill-color": INK, "fill-opacity": 0.1 } });
  map.addLayer({ id: "ruler-casing", type: "line", source: SOURCE, filter: of("LineString") as never, paint: { "line-color": "#fff", "line-width": 5 } });
  map.addLayer({ id: "ruler-line", type: "line", source: SOURCE, filter: of("LineString") as never, paint: { "line-color": INK, "line-width": 2.4, "line-dasharray": [3, 1.4] } });
  map.addLayer({ id: "ruler-points", type: "circle", source: SOURCE, filter: of("Point") as never, paint: { "circle-radius": 4.5, "circle-color": "#fff", "circle-stroke-color": INK, "circle-stroke-width": 2 } });
}
