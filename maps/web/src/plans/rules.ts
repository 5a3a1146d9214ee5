// Marks of the rules on one grid, as they stand while it is painted. The service says the last word.
import { neighbours } from "./ground";
import { membersOf, outlineOf, piecesOf, sumsOf } from "./sketch";
import type { Sketch } from "./sketch";

const MEASURED = ["households", "load", "area"] as const;
type Measured = (typeof MEASURED)[number];

/** What grids should keep to: households and load for each worker, load in times the mean, area in m². Null or left out: no limit. */
export type Limits = Partial<Record<`${Measured}_least` | `${Measured}_most` | "compactness_least", number | null>>;

/** What a rule needs to know of a grid. */
export interface Held {
  number: number;
  parent: string | null;
  workers: number;
}

export type Mark =
  | { rule: "contiguous"; blocks: number[]; pieces: number }
  | { rule: "parent"; blocks: number[] }
  | { rule: "limit"; what: Measured; value: number; limit: number; over: boolean }
  | { rule: "compound" | "protected"; blocks: number[]; names: string[] }
  | { rule: "enclave"; inside: number }
  | { rule: "compact"; value: number; limit: number };

/** With so much of its outline along one other grid, a grid lies inside of that. */
const CLOSED = 0.999;

/** Work by the blocks of this grid. `mean`: what a worker carries on the whole. */
export function marksOf(sketch: Sketch, grid: Held, limits: Limits, mean: number): Mark[] {
  if (grid.number === 0 || sumsOf(sketch, grid.number).blocks === 0) return [];
  return [
    ...contiguous(sketch, grid), ...parent(sketch, grid), ...limit(sketch, grid, limits, mean),
    ...cut(sketch, grid, "compound"), ...cut(sketch, grid, "protected"), ...enclave(sketch, grid), ...compact(sketch, grid, limits),
  ];
}

function contiguous(sketch: Sketch, { number }: Held): Mark[] {
  const pieces = piecesOf(sketch, number);
  return pieces.length > 1 ? [{ rule: "contiguous", blocks: pieces.slice(1).flat(), pieces: pieces.length }] : [];
}

function parent(sketch: Sketch, { number, parent: own }: Held): Mark[] {
  if (own === null || sketch.ground.across) return [];
  const outside = [...membersOf(sketch, number)].filter((block) => !sketch.ground.blocks[block]!.parents.includes(own));
  return outside.length ? [{ rule: "parent", blocks: outside }] : [];
}

function limit(sketch: Sketch, { number, workers }: Held, limits: Limits, mean: number): Mark[] {
  const { households, load, area } = sumsOf(sketch, number);
  const each = Math.max(workers, 1);
  const values = { households: households / each, load: mean > 0 ? load / each / mean : NaN, area: area / 1e4 };
  return MEASURED.flatMap((what): Mark[] => {
    const [value, least, most] = [values[what], limits[`${what}_least`] ?? 0, limits[`${what}_most`] ?? Infinity];
    return value < least || value > most ? [{ rule: "limit", what, value, limit: value > most ? most : least, over: value > most }] : [];
  });
}

/** Compounds, or protected places, of which other grids have a part. */
function cut(sketch: Sketch, { number }: Held, rule: "compound" | "protected"): Mark[] {
  const { partOf, wholes } = sketch.ground;
  const names = new Map<number, string>();
  const blocks = [...membersOf(sketch, number)].filter((block) => {
    const parted = partOf[block]!.filter((whole) => (wholes[whole]!.kind === "compound") === (rule === "compound") && grids(sketch, whole).length > 1);
    for (const whole of parted) names.set(whole, wholes[whole]!.name);
    return parted.length > 0;
  });
  return blocks.length ? [{ rule, blocks, names: [...names.values()] }] : [];
}

/** The grids that have blocks of a whole. */
function grids({ wholes }: Sketch, whole: number): number[] {
  return [...wholes[whole]!.keys()].filter((number) => number !== 0);
}

function enclave(sketch: Sketch, { number }: Held): Mark[] {
  const outline = outlineOf(sketch, number);
  for (const [other, length] of sketch.meets.get(number) ?? []) if (other !== 0 && length >= CLOSED * outline) return [{ rule: "enclave", inside: other }];
  return [];
}

/** 4π area / outline² (Polsby and Popper 1991). */
function compact(sketch: Sketch, { number }: Held, { compactness_least: least }: Limits): Mark[] {
  const value = (4 * Math.PI * sumsOf(sketch, number).area) / outlineOf(sketch, number) ** 2;
  return least != null && value < least ? [{ rule: "compact", value, limit: least }] : [];
}

/** Grids that share a whole with these blocks, or lie beside them: their marks change along. */
export function alsoTouched(sketch: Sketch, blocks: Iterable<number>): Set<number> {
  const found = new Set<number>();
  for (const block of blocks) {
    for (const whole of sketch.ground.partOf[block]!) for (const number of grids(sketch, whole)) found.add(number);
    for (const other of neighbours(sketch.ground, block)) found.add(sketch.of[other]!);
  }
  return found;
}
