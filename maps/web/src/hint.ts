// Says when points are left out at this zoom, and which; and when tiles could not be had.
import type { Map as MapLibre } from "maplibre-gl";
import type { Layer } from "./api";
import { find } from "./dom";
import { CLUSTERS } from "./draw/clusters";
import { isNarrowed, passed, whenPassed } from "./explore/chosen";
import type { Fresh } from "./fresh";
import { language, named, t, whenLanguage } from "./i18n";
import { isVisible } from "./map";

export function watchThinning(map: MapLibre, fresh: Fresh): void {
  const hint = find("#hint");
  let failed = false;
  const show = () => {
    const thinned = fresh.declared.layers.filter((layer) => isVisible(map, layer.key)).map((layer) => message(map, layer));
    const text = failed ? t("tiles_failed") : thinned.filter(Boolean).join(" · ");
    if (hint.textContent !== text) hint.textContent = text;
  };
  whenLanguage(show);
  whenPassed(show);
  map.on("idle", show);
  map.on("movestart", () => (failed = false));
  map.on("error", ({ error }) => {
    console.error(error);
    failed = true;
    show();
  });
}

function message(map: MapLibre, layer: Layer): string {
  const zoom = Math.floor(map.getZoom());
  if (zoom < layer.min_zoom || (layer.clusters && isVisible(map, CLUSTERS))) return "";
  if (layer.key === "incidents" && isNarrowed()) return (passed() ?? 0) > most(layer, zoom) ? t("thinned_filtered") : "";
  const share = layer.shares[String(zoom)] ?? 1;
  if (share >= 1) return "";
  const name = layer.key === "incidents" ? t("closed_incidents") : named(layer);
  const start = language() === "en" ? name.charAt(0).toUpperCase() + name.slice(1) : name;
  return t("thinned", { layers: start, n: Math.round(1 / share) });
}

/** How many points are shown at once at this zoom. */
function most({ budget }: Layer, zoom: number): number {
  return budget.find(([last]) => zoom <= last)?.[1] ?? Infinity;
}
