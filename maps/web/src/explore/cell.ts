// A hexagon of the density that is clicked opens: the map goes there, and its latest cases are listed.
import type { GeoJSONSource, Map as MapLibre, MapMouseEvent } from "maplibre-gl";
import { LngLatBounds } from "maplibre-gl";
import type { DensityItem, IncidentItem } from "../answers";
import { ask, Problem } from "../api";
import type { Bounds } from "../api";
import { h } from "../dom";
import { number, t, tValue } from "../i18n";
import { flyTo, isVisible } from "../map";
import { chosen, isNarrowed, queryOf } from "./chosen";

type Ring = [number, number][];

type Hexagon = GeoJSON.Feature<GeoJSON.Polygon, DensityItem>;
export type Case = GeoJSON.Feature<GeoJSON.Point, IncidentItem>;

const LISTED = 50;
const OUTLINE = "opened-cell";

/** The id of the hexagon that was clicked, where density is shown. */
export function cellAt(map: MapLibre, { point }: MapMouseEvent): number | null {
  if (!map.getLayer("density") || !isVisible(map, "density")) return null;
  const id = map.queryRenderedFeatures(point, { layers: ["density"] })[0]?.id;
  return typeof id === "number" ? id : null;
}

/** What to show of a hexagon, after the map has gone there. Its outline is the exact one, not the tile's. */
export async function openCell(map: MapLibre, id: number, go: (one: Case) => void, signal: AbortSignal): Promise<HTMLElement[]> {
  const { properties, geometry } = await ask<Hexagon>(`/ogc/collections/density/items/${id}`, {}, signal);
  const ring = geometry.coordinates[0] as Ring;
  outline(map, ring);
  flyTo(map, ring.reduce((box, at) => box.extend(at), new LngLatBounds(ring[0]!, ring[0]!)).toArray().flat() as Bounds);
  const { filter } = queryOf(chosen());
  const inside = `s_within(geometry, POLYGON((${ring.map((at) => at.join(" ")).join(", ")})))`;
  const { features } = await ask<{ features: Case[] }>("/ogc/collections/incidents/items", {
    filter: filter ? `${inside} and ${filter}` : inside, limit: LISTED, sortby: "-reported_at", ...period(),
  }, signal);
  const shown = number(features.length);
  const said = properties.count === null ? t("cell_some", { shown }) : t("cell_cases", { n: number(properties.count), shown });
  return [
    h("header", {}, h("h2", { id: "place-title", tabindex: -1 }, t("cell")), h("p", { class: "path" }, h("code", {}, properties.cell))),
    h("p", { class: "note cell-note" }, [said, isNarrowed() ? t("cell_filtered") : ""].filter(Boolean).join(" · ")),
    features.length ? h("ul", { class: "cases" }, ...features.map((one) => h("li", {}, row(one, go)))) : h("p", { class: "empty" }, t("nothing_passes")),
  ];
}

/** Draw the outline of the opened hexagon; null takes it away. */
export function outline(map: MapLibre, ring: Ring | null): void {
  const shape: GeoJSON.Feature = { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: ring ?? [] } };
  const source = map.getSource<GeoJSONSource>(OUTLINE);
  if (source) return void source.setData(shape);
  if (!ring) return;
  map.addSource(OUTLINE, { type: "geojson", data: shape });
  map.addLayer({ id: OUTLINE, type: "line", source: OUTLINE, layout: { "line-join": "round" }, paint: { "line-color": "#16202f", "line-width": 2.6 } });
}

function period(): { datetime?: string } {
  const { from, to } = chosen();
  return from || to ? { datetime: `${from || ".."}/${to || ".."}` } : {};
}

function row(one: Case, go: (one: Case) => void): HTMLElement {
  const { class: kind, subclass, status, reported_at, address, late } = one.properties;
  return h("button", { type: "button", class: "case", onclick: () => go(one) },
    h("span", { class: "name" }, [kind, subclass !== kind && subclass].filter(Boolean).join(" · ")),
    h("span", { class: "tag" }, status && tValue("status", status)),
    late && h("span", { class: "tag late" }, t("late")),
    h("span", { class: "facts" }, [reported_at?.slice(0, 10), address].filter(Boolean).join(" · ")));
}

export function problemOf(error: unknown): string {
  return error instanceof Problem ? error.message : t("offline");
}
