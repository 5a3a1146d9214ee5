// The ground that stations reach on foot, under roads and names: the shorter the time, the stronger
// the colour. Colours cover each other, so that where catchments overlap no third one comes about.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Layer } from "../api";

export function catchments(layer: Layer): LayerSpecification[] {
  const colour = ["match", ["to-string", ["get", "minutes"]],
    ...layer.style.swatches.flatMap(({ value, colour }) => [value, colour]), layer.style.colour] as unknown as ExpressionSpecification;
  return [
    {
      id: "catchments", type: "fill", source: "catchments", "source-layer": "catchments", minzoom: layer.min_zoom,
      layout: { "fill-sort-key": ["-", 0, ["get", "minutes"]] },
      paint: { "fill-color": colour, "fill-antialias": false },
    },
  ];
}
