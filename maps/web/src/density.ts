// The scale of density: classes of the cells in view, so that quiet quarters show their differences too.
import type { Map as MapLibre } from "maplibre-gl";
import type { Layer } from "./api";
import type { Class } from "./classes";
import { quantiles } from "./classes";
import { h } from "./dom";
import { CLUSTERS } from "./draw/clusters";
import { heat } from "./draw/density";
import { HEAT, HIDDEN, STRENGTH } from "./draw/ramps";
import { figure, named, t, unitName, whenLanguage } from "./i18n";
import { classList, entry, setKey, swatch } from "./key";
import { isVisible, redraw } from "./map";
import type { Quiet } from "./quiet";

interface Seen {
  classes: Class[];
  /** How many cells have a count that is not shown. */
  hidden: number;
}

/** The legend, which follows what is in view; `whenOn` is called when density comes onto the map. */
export function densityLegend(map: MapLibre, layer: Layer, quiet: Quiet, whenOn: () => void): HTMLElement {
  const legend = h("div", { class: "legend live" });
  let seen: Seen = { classes: [], hidden: 0 };
  let on = false;
  const render = () => {
    legend.replaceChildren(...content(layer, seen));
    setKey("density", on ? h("section", {}, h("h2", {}, named(layer)), ...content(layer, seen)) : null);
  };
  map.on("idle", () => {
    const shown = isVisible(map, layer.key) && map.getZoom() >= layer.min_zoom;
    const now = shown ? look(map) : { classes: [], hidden: 0 };
    if (shown === on && JSON.stringify(now) === JSON.stringify(seen)) return;
    quiet("density", shown ? ["incidents", CLUSTERS] : []);
    // Two scales over each other would give colours that neither key knows.
    if (shown && !on) whenOn();
    [seen, on] = [now, shown];
    if (shown) {
      redraw(map);
      map.setPaintProperty("density", "fill-color", heat(seen.classes));
    }
    render();
  });
  whenLanguage(render);
  return legend;
}

function look(map: MapLibre): Seen {
  const cells = map.querySourceFeatures("density", { sourceLayer: "density" });
  const counts = new Map(cells.map(({ id, properties }) => [id, properties["count"] as number | undefined]));
  const known = [...counts.values()].filter((count) => typeof count === "number");
  return { classes: quantiles(known, HEAT), hidden: counts.size - known.length };
}

function content(layer: Layer, { classes, hidden }: Seen): HTMLElement[] {
  const count = layer.columns.find(({ name }) => name === "count");
  const few = hidden ? entry(swatch(HIDDEN, STRENGTH.heat), t("fewer_than", { n: count?.least ?? 0 }), String(hidden)) : null;
  if (!classes.length && !few) return [h("p", { class: "note" }, t("density_none"))];
  const unit = unitName(count?.unit ?? "");
  return [classList(classes, STRENGTH.heat, figure, few), h("p", { class: "note" }, [unit, t("density_note")].filter(Boolean).join(" · "))];
}
