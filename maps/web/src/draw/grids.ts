// Grids: one source, border and label set per grid system.
import type { LayerSpecification } from "maplibre-gl";
import type { Layer, Swatch } from "../api";
import { byZoom } from "./colours";
import { ink, STRONG } from "./text";

export const gridSource = (system: string): string => `grids-${system}`;

export function gridBorders(layer: Layer, system: Swatch): LayerSpecification[] {
  const source = gridSource(system.value);
  const common = { source, "source-layer": "grids", minzoom: layer.min_zoom } as const;
  return [
    {
      id: `${source}-glow`, type: "line", ...common, layout: { "line-join": "round" },
      paint: { "line-color": system.colour, "line-opacity": byZoom([13, 0], [14, 0.06], [16, 0.13]), "line-width": byZoom([12, 2], [14, 5], [17, 11]) },
    },
    {
      id: source, type: "line", ...common, layout: { "line-join": "round" },
      paint: {
        "line-color": system.colour, "line-width": byZoom([11, 0.4], [13, 0.8], [14, 1.2], [17, 2.2]),
        "line-opacity": byZoom([11, 0.22], [13, 0.45], [14, 0.62], [16, 0.85]),
      },
    },
  ];
}

export function gridNames(system: Swatch): LayerSpecification[] {
  const source = gridSource(system.value);
  return [
    {
      id: `${source}-names`, type: "symbol", source, "source-layer": "grids_labels", minzoom: 14.2,
      layout: {
        "text-field": ["get", "name"], "text-font": STRONG, "text-size": byZoom([14, 11], [17, 14]), "text-max-width": 8,
        "text-padding": 12,
      },
      paint: ink(system.colour),
    },
  ];
}
