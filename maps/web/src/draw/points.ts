// Incidents, merchants and stations.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Layer } from "../api";
import { byZoom, colourOf } from "./colours";
import { ink, REGULAR } from "./text";

const OPEN: ExpressionSpecification = ["to-boolean", ["get", "open"]];
const DAY_S = 86_400;
// What changed since its tile was made is drawn from another source (live/overlay.ts), and not here.
const MOVED: ExpressionSpecification = ["boolean", ["feature-state", "moved"], false];

/** Open incidents stand out; closed ones fade with age. */
function opacity(newest: number): ExpressionSpecification {
  const age: ExpressionSpecification = ["-", newest, ["get", "reported_at"]];
  return ["case", MOVED, 0, OPEN, 1, ["step", age, 0.75, 14 * DAY_S, 0.5, 60 * DAY_S, 0.32, 180 * DAY_S, 0.18]];
}

export function incidents(layer: Layer, newest: number): LayerSpecification[] {
  const common = { source: "incidents", "source-layer": "incidents" } as const;
  return [
    {
      id: "incidents-closed", type: "circle", ...common, filter: ["!", OPEN],
      paint: {
        "circle-color": colourOf(layer), "circle-opacity": opacity(newest),
        "circle-radius": byZoom([10, 1.3], [13, 1.8], [15, 2.3], [18, 4]),
      },
    },
    {
      id: "incidents", type: "circle", ...common, filter: OPEN,
      paint: {
        "circle-color": colourOf(layer), "circle-stroke-color": "#fff",
        "circle-opacity": ["case", MOVED, 0, 1], "circle-stroke-opacity": ["case", MOVED, 0, 1],
        "circle-radius": byZoom([10, 1.5], [12, 2.3], [13, 3.2], [15, 4.8], [18, 8]),
        "circle-stroke-width": byZoom([10, 0.3], [13, 0.9], [16, 1.8]),
      },
    },
  ];
}

export function merchants(layer: Layer): LayerSpecification[] {
  const common = { source: "merchants", "source-layer": "merchants" } as const;
  return [
    {
      id: "merchants", type: "circle", ...common,
      // Rings, so that they are told from incidents, which are discs.
      paint: {
        "circle-color": "#fff", "circle-stroke-color": colourOf(layer),
        "circle-radius": byZoom([14, 0.9], [16, 2], [18, 3.6]), "circle-stroke-width": byZoom([14, 0.8], [16, 1.4], [18, 2]),
        "circle-stroke-opacity": byZoom([14, 0.6], [16, 1]),
      },
    },
    {
      id: "merchant-names", type: "symbol", ...common, minzoom: 17,
      layout: {
        "text-field": ["get", "name"], "text-font": REGULAR, "text-size": 11, "text-anchor": "left", "text-offset": [0.8, 0],
        "text-max-width": 9, "text-justify": "left", "text-padding": 3,
      },
      paint: ink("#7a5a28"),
    },
  ];
}

export const stationImage = (tier: string): string => `station-${tier}`;

export function stations(): LayerSpecification[] {
  const tier: ExpressionSpecification = ["get", "tier"];
  const size = (district: number, street: number, community: number, other: number): ExpressionSpecification =>
    ["match", tier, "district", district, "street", street, "community", community, other];
  return [
    {
      id: "stations", type: "symbol", source: "stations", "source-layer": "stations",
      layout: {
        "icon-image": ["concat", "station-", tier],
        "icon-size": byZoom([10, size(0.7, 0.5, 0.35, 0.3)], [15, size(1.15, 1, 0.85, 0.65)]),
        "icon-allow-overlap": true,
        "symbol-sort-key": size(4, 3, 2, 1),
        "text-field": ["step", ["zoom"], "", 15, ["get", "name"]], "text-font": REGULAR,
        "text-size": 11.5, "text-anchor": "top", "text-offset": [0, 1.1], "text-optional": true, "text-max-width": 8,
        "text-padding": 6,
      },
      paint: ink("#9c2b22"),
    },
  ];
}
