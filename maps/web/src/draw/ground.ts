// Land, compounds, blocks and the borders of areas.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Layer } from "../api";
import { byZoom, swatch } from "./colours";
import { ink, REGULAR, STRONG } from "./text";

export const OUTSIDE = "#e9edf1";
/** Communities are shown from here on, where they lie in larger areas. */
export const COMMUNITY_ZOOM = 12;
const LAND = "#f8f6f1";

// Streets; and communities where the district's areas begin with them.
const LARGE: ExpressionSpecification = [
  "any", ["==", ["get", "level"], "street"], ["all", ["==", ["get", "level"], "community"], ["get", "outermost"]],
];

export function land(): LayerSpecification[] {
  return [
    { id: "outside", type: "background", paint: { "background-color": OUTSIDE } },
    {
      id: "land", type: "fill", source: "areas", "source-layer": "areas",
      filter: ["get", "outermost"],
      paint: { "fill-color": LAND },
    },
  ];
}

export function compounds(layer: Layer): LayerSpecification[] {
  return [
    {
      id: "compounds", type: "fill", source: "compounds", "source-layer": "compounds", minzoom: layer.min_zoom,
      paint: { "fill-color": layer.style.colour, "fill-opacity": byZoom([13, 0.55], [15, 0.9]) },
    },
    {
      id: "compounds-edge", type: "line", source: "compounds", "source-layer": "compounds", minzoom: 14,
      paint: { "line-color": "#b9cba6", "line-width": byZoom([14, 0.5], [17, 1.2]) },
    },
  ];
}

export function compoundNames(): LayerSpecification[] {
  return [
    {
      id: "compound-names", type: "symbol", source: "compounds", "source-layer": "compounds_labels", minzoom: 15,
      layout: {
        "text-field": ["get", "name"], "text-font": REGULAR, "text-size": byZoom([15, 11], [18, 14]), "text-max-width": 7,
        "text-padding": 4,
      },
      paint: ink("#5f7a45"),
    },
  ];
}

export function blocks(layer: Layer): LayerSpecification[] {
  return [
    {
      id: "blocks", type: "line", source: "blocks", "source-layer": "blocks", minzoom: layer.min_zoom,
      paint: {
        "line-color": layer.style.colour, "line-width": byZoom([13, 0.4], [15, 0.7], [18, 1.1]),
        "line-opacity": byZoom([13, 0.2], [15, 0.75]),
      },
    },
  ];
}

export function blockCodes(): LayerSpecification[] {
  return [
    {
      id: "block-codes", type: "symbol", source: "blocks", "source-layer": "blocks_labels", minzoom: 16.5,
      layout: {
        "text-field": ["get", "code"], "text-font": REGULAR, "text-size": 10.5, "text-letter-spacing": 0.02,
        "text-padding": 8,
      },
      paint: ink("#8b8374", "rgba(255,255,255,0.8)", 1.1),
    },
  ];
}

export function borders(layer: Layer): LayerSpecification[] {
  const level = (value: string): ["==", ["get", "level"], string] => ["==", ["get", "level"], value];
  const source = { source: "areas", "source-layer": "areas" } as const;
  return [
    {
      id: "border-halo", type: "line", ...source, filter: level("district"),
      layout: { "line-join": "round" },
      paint: { "line-color": swatch(layer, "district"), "line-opacity": 0.12, "line-width": byZoom([10, 5], [15, 12]) },
    },
    {
      id: "border-community", type: "line", ...source, filter: level("community"), minzoom: COMMUNITY_ZOOM,
      layout: { "line-join": "round" },
      paint: {
        "line-color": swatch(layer, "community"), "line-width": byZoom([12, 0.7], [16, 1.4]), "line-dasharray": [4, 2.5],
      },
    },
    {
      id: "border-street", type: "line", ...source, filter: LARGE,
      layout: { "line-join": "round" },
      paint: { "line-color": swatch(layer, "street"), "line-width": byZoom([10, 0.8], [13, 1.4], [16, 2]), "line-dasharray": [7, 2, 1.5, 2] },
    },
    {
      id: "border-district", type: "line", ...source, filter: level("district"),
      layout: { "line-join": "round" },
      paint: { "line-color": swatch(layer, "district"), "line-width": byZoom([10, 1.2], [13, 2], [16, 3]) },
    },
  ];
}

export function areaNames(layer: Layer): LayerSpecification[] {
  const source = { source: "areas", "source-layer": "areas_labels" } as const;
  return [
    {
      id: "community-names", type: "symbol", ...source, minzoom: 13, maxzoom: 16.5,
      filter: ["!", LARGE],
      layout: {
        "text-field": ["get", "name"], "text-font": REGULAR, "text-size": byZoom([13, 12], [16, 15]), "text-padding": 6,
        "text-letter-spacing": 0.06,
      },
      paint: ink("#566079"),
    },
    {
      id: "street-names", type: "symbol", ...source, minzoom: 11, maxzoom: 15,
      filter: LARGE,
      layout: {
        "text-field": ["get", "name"], "text-font": STRONG, "text-size": byZoom([11, 13], [14, 19]), "text-padding": 8,
        "text-letter-spacing": 0.12,
        "text-variable-anchor": ["center", "bottom", "top", "left", "right"], "text-radial-offset": 0.6,
      },
      paint: ink(swatch(layer, "district"), "rgba(255,255,255,0.95)", 1.8),
    },
  ];
}

