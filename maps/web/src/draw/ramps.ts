// Colours for numbers. All ramps fall evenly in lightness, so they are told apart without any sense
// of colour; a test holds that for the common forms of colour blindness.
import type { ExpressionSpecification } from "maplibre-gl";
import type { Class } from "../classes";
import { startOf } from "../classes";

export const VALUES = ["#f4efb8", "#a9d2a4", "#57a8a6", "#2a7399", "#263f7c"];
/** Lines are thin and lie on pale ground: theirs begin darker. */
export const LINES = ["#dcc03e", "#86a84a", "#2f8c80", "#2c6690", "#273a74"];
export const HEAT = ["#fde3cc", "#f8b385", "#e97a50", "#bf3a30", "#741c28"];

/** Less, the same, more: told apart by hue and, from the middle, by lightness. */
export const SIGNED = ["#2563a5", "#9dc4e0", "#f3f1ec", "#efb48c", "#b5482a"];

/** How much of the ground these colours cover; the key shows them the same. */
export const STRENGTH = { values: 0.85, heat: 0.72 } as const;

/** A count that is not shown because it is small. */
export const HIDDEN = "#f3efe9";
export const NO_VALUE = "#8f98a6";

/** The colour of the class that the number `of` falls into; `otherwise` where there is none. */
export function stepped(of: ExpressionSpecification, classes: Class[], otherwise: string): ExpressionSpecification {
  const [first, ...rest] = classes;
  const colour = rest.length
    ? ["step", ["to-number", of], first!.colour, ...rest.flatMap((one) => [startOf(one), one.colour])]
    : (first?.colour ?? otherwise);
  return ["case", ["==", ["typeof", of], "number"], colour, otherwise] as unknown as ExpressionSpecification;
}
