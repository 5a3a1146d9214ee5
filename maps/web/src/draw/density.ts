// Density: hexagons coloured by how many lie in them.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Layer } from "../api";
import type { Class } from "../classes";
import { HEAT, HIDDEN, STRENGTH, stepped } from "./ramps";

export const COUNT: ExpressionSpecification = ["get", "count"];

export function density(layer: Layer): LayerSpecification[] {
  const common = { source: "density", "source-layer": "density", minzoom: layer.min_zoom } as const;
  return [
    {
      id: "density", type: "fill", ...common,
      paint: { "fill-color": heat([]), "fill-opacity": STRENGTH.heat, "fill-antialias": false },
    },
    { id: "density-edge", type: "line", ...common, paint: { "line-color": "#fff", "line-width": 0.7, "line-opacity": 0.7 } },
  ];
}

/** Colours by class; cells whose count is hidden are pale. */
export function heat(classes: Class[]): ExpressionSpecification | string {
  return classes.length ? stepped(COUNT, classes, HIDDEN) : HEAT[0]!;
}
