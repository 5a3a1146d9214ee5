// Clusters: their legend, and how one opens.
import type { Map as MapLibre, MapGeoJSONFeature, PointLike } from "maplibre-gl";
import type { Bounds } from "./api";
import { CLUSTER_COLOUR, CLUSTER_SIZES, CLUSTERS } from "./draw/clusters";
import { h } from "./dom";
import { number, t, whenLanguage } from "./i18n";
import { flyTo, isVisible } from "./map";

type Told = Record<string, unknown>;

export const isCluster = ({ sourceLayer }: MapGeoJSONFeature): boolean => sourceLayer === "incidents_clusters";

/** What the tile says of the cluster that is drawn there, where there is one. */
export function clusterAt(map: MapLibre, point: PointLike): Told | null {
  if (!isVisible(map, CLUSTERS)) return null;
  return map.queryRenderedFeatures(point, { layers: [CLUSTERS] })[0]?.properties ?? null;
}

/** Goes to where its members are: there it falls apart, into points at the latest. */
export function openCluster(map: MapLibre, { west, south, east, north }: Told): void {
  flyTo(map, [west, south, east, north] as Bounds);
}

export function clusterLegend(last: number): HTMLElement {
  const legend = h("div", { class: "legend clusters" });
  whenLanguage(() => legend.replaceChildren(
    h("ul", {}, ...CLUSTER_SIZES.map(([count, radius]) => h("li", {}, disc(radius), number(count)))),
    h("p", { class: "note" }, t("clusters_note", { z: last + 1 }))));
  return legend;
}

function disc(radius: number): HTMLElement {
  const mark = h("i", { class: "disc", "aria-hidden": "true" });
  mark.style.cssText = `--colour: ${CLUSTER_COLOUR}; --size: ${2 * radius}px`;
  return mark;
}
