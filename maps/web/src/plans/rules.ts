// Marks of the rules on one grid, as they stand while it is painted. The service says the last word.
import type { Block } from "./ground";
import { membersOf, piecesOf, sumsOf } from "./sketch";
import type { Sketch } from "./sketch";

/** What grids should keep to, for each worker; loads in times the mean. Null or left out: no limit. */
export type Limits = Partial<Record<"households_least" | "households_most" | "load_least" | "load_most", number | null>>;

/** What a rule needs to know of a grid. */
export interface Held {
  number: number;
  parent: string | null;
  workers: number;
}

export type Mark =
  | { rule: "contiguous"; blocks: number[]; pieces: number }
  | { rule: "parent"; blocks: number[] }
  | { rule: "limit"; what: "households" | "load"; value: number; limit: number; over: boolean }
  | { rule: "compound"; blocks: number[]; compounds: number[] };

/** Work by the blocks of this grid. `mean`: what a worker carries on the whole. */
export function marksOf(sketch: Sketch, grid: Held, limits: Limits, mean: number): Mark[] {
  if (grid.number === 0) return [];
  return [...contiguous(sketch, grid), ...parent(sketch, grid), ...limit(sketch, grid, limits, mean), ...compound(sketch, grid)];
}

function contiguous(sketch: Sketch, { number }: Held): Mark[] {
  const pieces = piecesOf(sketch, number);
  return pieces.length > 1 ? [{ rule: "contiguous", blocks: pieces.slice(1).flat(), pieces: pieces.length }] : [];
}

function parent(sketch: Sketch, { number, parent: own }: Held): Mark[] {
  if (own === null) return [];
  const outside = [...membersOf(sketch, number)].filter((block) => !sketch.ground.blocks[block]!.parents.includes(own));
  return outside.length ? [{ rule: "parent", blocks: outside }] : [];
}

function limit(sketch: Sketch, { number, workers }: Held, limits: Limits, mean: number): Mark[] {
  const { blocks, households, load } = sumsOf(sketch, number);
  if (blocks === 0) return [];
  const each = Math.max(workers, 1);
  const values = { households: households / each, ...(mean > 0 && { load: load / each / mean }) };
  return (Object.entries(values) as ["households" | "load", number][]).flatMap(([what, value]): Mark[] => {
    const [least, most] = [limits[`${what}_least`] ?? 0, limits[`${what}_most`] ?? Infinity];
    return value >= least && value <= most ? [] : [{ rule: "limit", what, value, limit: value > most ? most : least, over: value > most }];
  });
}

function compound(sketch: Sketch, { number }: Held): Mark[] {
  const cut = new Set<number>();
  const blocks = [...membersOf(sketch, number)].filter((block) => {
    const own = compoundOf(sketch.ground.blocks[block]!, sketch);
    if (own === null || own.grids.size < 2) return false;
    cut.add(own.compound);
    return true;
  });
  return blocks.length ? [{ rule: "compound", blocks, compounds: [...cut] }] : [];
}

function compoundOf({ compound }: Block, sketch: Sketch): { compound: number; grids: Map<number, number> } | null {
  const grids = compound === null ? undefined : sketch.compounds.get(compound);
  return compound === null || !grids ? null : { compound, grids };
}

/** Grids that share a compound with these blocks: their marks change along. */
export function alsoTouched(sketch: Sketch, blocks: Iterable<number>): Set<number> {
  const found = new Set<number>();
  for (const block of blocks) for (const number of compoundOf(sketch.ground.blocks[block]!, sketch)?.grids.keys() ?? []) found.add(number);
  return found;
}
