// Colours by value come from the declared layers; this turns them into map expressions.
import type { ExpressionSpecification } from "maplibre-gl";
import type { Layer } from "../api";

/** The colour of each feature by the layer's styled column; the layer's own colour for the rest. */
export function colourOf({ style }: Layer): ExpressionSpecification | string {
  const pairs = style.swatches.filter((swatch) => swatch.value !== "").flatMap(({ value, colour }) => [value, colour]);
  if (!style.by || pairs.length === 0) return style.colour;
  return ["match", ["coalesce", ["get", style.by], ""], ...pairs, style.colour] as unknown as ExpressionSpecification;
}

/** The declared colour of one value of a layer. */
export function swatch({ style }: Layer, value: string): string {
  return style.swatches.find((one) => one.value === value)?.colour ?? style.colour;
}

/** A line or radius that grows with the zoom: pairs of zoom and pixels. */
export function byZoom(...stops: [number, number | ExpressionSpecification][]): ExpressionSpecification {
  return ["interpolate", ["linear"], ["zoom"], ...stops.flat()] as unknown as ExpressionSpecification;
}
