// What the map shows of coverage: how sides are coloured, the legend to it, and the box that was flown to.
import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Bounds, Layer } from "../api";
import { colourBy, RAMP, WITH, WITHOUT } from "../draw/coverage";
import type { Mode } from "../draw/coverage";
import { find, h } from "../dom";
import { named, t } from "../i18n";
import { redraw } from "../map";

export const MODES: Mode[] = ["both", "paper", "lived"];

export function paint(map: MapLibre, layer: Layer, mode: Mode): void {
  redraw(map);
  map.setPaintProperty("coverage", "line-color", colourBy(layer, mode) as ExpressionSpecification);
}

/** Tiles hold today's coverage by all levels: where figures are of another day or level, it is said. */
export function legend(layer: Layer, mode: Mode, narrowed: boolean): void {
  const swatch = (colour: string, text: string) => {
    const sample = h("i", {});
    sample.style.background = colour;
    return h("li", {}, sample, text);
  };
  const bare = swatch(WITHOUT, t("coverage_legend_without"));
  const items = {
    both: () => layer.style.swatches.map((one) => swatch(one.colour, named(one))),
    paper: () => [swatch(WITH, t("coverage_legend_with")), bare],
    lived: () => [swatch(RAMP[3], t("coverage_legend_fresh")), swatch(RAMP[2], t("coverage_legend_days", { days: 10 })), swatch(RAMP[1], t("coverage_legend_days", { days: 28 })), swatch(RAMP[0], t("coverage_legend_stale")), bare],
  }[mode]();
  find("#legend").replaceChildren(...items, ...(narrowed ? [h("li", { class: "hint" }, t("coverage_map_all"))] : []));
}

/** An outline around the place that was chosen; null takes it away. */
export function outline(map: MapLibre, box: Bounds | null): void {
  const ring = box && [[box[0], box[1]], [box[2], box[1]], [box[2], box[3]], [box[0], box[3]], [box[0], box[1]]];
  const data = {
    type: "FeatureCollection" as const,
    features: ring ? [{ type: "Feature" as const, properties: {}, geometry: { type: "LineString" as const, coordinates: ring } }] : [],
  };
  const source = map.getSource<GeoJSONSource>("chosen-box");
  if (source) return void source.setData(data);
  map.addSource("chosen-box", { type: "geojson", data });
  map.addLayer({ id: "chosen-box", type: "line", source: "chosen-box", paint: { "line-color": "#16202f", "line-width": 2, "line-dasharray": [3, 2] } });
}
