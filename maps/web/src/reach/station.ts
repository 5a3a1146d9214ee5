// A station's panel says who can walk to it in 5, 10 or 15 minutes, and the map shows the ground.
import type { GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Catchment, StationReach } from "../answers";
import { ask } from "../api";
import { h } from "../dom";
import { number, t } from "../i18n";
import { redraw } from "../map";
import type { UnitTold } from "../unit/types";

const SOURCE = "station-reach";
const COLOUR = "#1f5f99";
const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

// The time that was chosen last; the next station opens with it.
let minutes = 15;

/** The panel's content with the station's reach in it; anything else stays as it is. */
export function withReach(map: MapLibre, told: UnitTold, content: HTMLElement[]): HTMLElement[] {
  if (told.layer !== "stations" || !told.code) return content;
  const section = h("section", { class: "reach", "aria-busy": "true" }, h("h3", {}, t("reach")), h("p", { class: "none" }, t("place_loading")));
  void fill(map, told.code, section);
  return [...content.slice(0, 1), section, ...content.slice(1)];
}

/** Nothing of a station's reach is on the map any more. */
export function clearReach(map: MapLibre): void {
  if (!map.getSource(SOURCE)) return;
  map.getSource<GeoJSONSource>(SOURCE)?.setData(EMPTY);
  redraw(map);
}

const known = new Map<string, Promise<Catchment[]>>();

function read(code: string): Promise<Catchment[]> {
  const asked = known.get(code)
    ?? ask<StationReach>(`/api/reach/stations/${encodeURIComponent(code)}`).then(({ catchments }) => catchments);
  known.set(code, asked);
  // What is derived may be made anew, and a fault may pass: kept for a moment only.
  window.setTimeout(() => known.delete(code), 60_000);
  return asked;
}

async function fill(map: MapLibre, code: string, section: HTMLElement): Promise<void> {
  const found = await read(code).catch(() => null);
  section.removeAttribute("aria-busy");
  if (!section.isConnected) return;
  if (!found?.length) {
    section.replaceChildren(h("h3", {}, t("reach")), h("p", { class: "none" }, t(found ? "reach_none" : "offline")));
    return;
  }
  const figures = h("p", { class: "figures" });
  const tell = () => {
    const one = found.find((each) => each.minutes === minutes) ?? found[found.length - 1]!;
    figures.replaceChildren(
      h("span", {}, h("b", {}, number(one.households)), ` ${t("households")}`),
      h("span", {}, h("b", {}, number(one.merchants)), ` ${t("reach_shops")}`));
    show(map, one.geometry);
  };
  const choice = (each: number) => {
    const box = h("input", { type: "radio", name: "reach-minutes", value: each, onchange: () => { minutes = each; tell(); } });
    box.checked = each === minutes;
    return h("label", {}, box, h("span", {}, t("reach_minutes", { n: each })));
  };
  section.replaceChildren(
    h("h3", {}, t("reach")),
    h("div", { class: "segmented", role: "radiogroup", "aria-label": t("reach") }, ...found.map((one) => choice(one.minutes))),
    figures,
    h("p", { class: "note" }, t("reach_note")));
  tell();
}

function show(map: MapLibre, geometry: Catchment["geometry"]): void {
  if (!map.getSource(SOURCE)) {
    map.addSource(SOURCE, { type: "geojson", data: EMPTY });
    const above = map.getStyle().layers.find(({ type }) => type === "symbol")?.id;
    map.addLayer({ id: SOURCE, type: "fill", source: SOURCE, paint: { "fill-color": COLOUR, "fill-opacity": 0.16 } }, above);
    map.addLayer({ id: `${SOURCE}-edge`, type: "line", source: SOURCE, paint: { "line-color": COLOUR, "line-width": 1.6 } }, above);
  }
  map.getSource<GeoJSONSource>(SOURCE)?.setData({ type: "Feature", properties: {}, geometry });
  redraw(map);
}
