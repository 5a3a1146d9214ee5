// Coverage: both sides of every road, each drawn beside its axis and coloured by its state.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Layer } from "../api";
import { byZoom, colourOf } from "./colours";

/** How sides are coloured: by state, by whether anybody has them, or by how freshly they were acted on. */
export type Mode = "both" | "paper" | "lived";

export const WITH = "#2468d6";
export const WITHOUT = "#c2185b";
// From long ago to just now.
export const RAMP = ["#e9d8c3", "#8fc6a0", "#1a8a5a", "#06492c"] as const;

const share = (metres: string): ExpressionSpecification => ["/", ["get", metres], ["max", 0.01, ["get", "side_m"]]];
const beside = (pixels: number): ExpressionSpecification => ["match", ["get", "side"], "L", -pixels, pixels];

export function colourBy(layer: Layer, mode: Mode): ExpressionSpecification | string {
  if (mode === "both") return colourOf(layer);
  if (mode === "paper") return ["case", [">=", share("paper_m"), 0.5], WITH, WITHOUT];
  const ramp: ExpressionSpecification = ["interpolate", ["linear"], share("lived_m"), 0, RAMP[0], 0.25, RAMP[1], 0.6, RAMP[2], 1, RAMP[3]];
  return ["case", ["<", share("paper_m"), 0.01], WITHOUT, ramp];
}

export function coverage(layer: Layer): LayerSpecification[] {
  return [
    {
      id: "coverage", type: "line", source: "coverage", "source-layer": "coverage",
      layout: { "line-join": "round" },
      paint: {
        "line-color": colourBy(layer, "both"),
        "line-width": byZoom([10, 0.9], [13, 1.8], [15, 3.4], [18, 7]),
        "line-offset": byZoom([10, beside(0.5)], [13, beside(1.2)], [15, beside(3.2)], [18, beside(15)]),
      },
    },
  ];
}
