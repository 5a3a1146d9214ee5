// A draft as it is painted: which grid each block is in, and what follows from that, kept up block by block.
import { neighbours } from "./ground";
import type { Ground } from "./ground";

/** The place of a block, the number of the grid that it was in, and of the one that it is in; 0: none. */
export type Change = [block: number, was: number, now: number];

export interface Sums {
  blocks: number;
  load: number;
  households: number;
  people: number;
}

export interface Sketch {
  ground: Ground;
  /** For each block the number of its grid; 0: none. */
  of: Int32Array;
  /** Blocks of each grid. */
  members: Map<number, Set<number>>;
  sums: Map<number, Sums>;
  /** Of each compound with several blocks, how many of them are in which grid. */
  compounds: Map<number, Map<number, number>>;
}

/** `numbers` by the blocks of the ground. */
export function makeSketch(ground: Ground, numbers: ArrayLike<number>): Sketch {
  const sketch: Sketch = { ground, of: new Int32Array(ground.blocks.length), members: new Map(), sums: new Map(), compounds: new Map() };
  for (const [compound, blocks] of ground.compounds) if (blocks.length > 1) sketch.compounds.set(compound, new Map([[0, blocks.length]]));
  ground.blocks.forEach((_, block) => add(sketch, block, 0));
  put(sketch, Array.from(numbers, (now, block) => [block, now]));
  return sketch;
}

/** Moves blocks to grids; the answer is what has changed. Its work goes by the blocks, not by the district. */
export function put(sketch: Sketch, wanted: Iterable<[block: number, number: number]>): Change[] {
  const changes: Change[] = [];
  for (const [block, now] of wanted) {
    const was = sketch.of[block]!;
    if (was === now) continue;
    take(sketch, block, was);
    add(sketch, block, now);
    count(sketch, block, was, now);
    sketch.of[block] = now;
    changes.push([block, was, now]);
  }
  return changes;
}

function take(sketch: Sketch, block: number, number: number): void {
  sketch.members.get(number)!.delete(block);
  weigh(sketch, block, number, -1);
}

function add(sketch: Sketch, block: number, number: number): void {
  const own = sketch.members.get(number) ?? new Set<number>();
  own.add(block);
  sketch.members.set(number, own);
  weigh(sketch, block, number, 1);
}

function weigh(sketch: Sketch, block: number, number: number, sign: 1 | -1): void {
  const sums = sketch.sums.get(number) ?? nothing();
  const { load, households, people } = sketch.ground.blocks[block]!;
  sums.blocks += sign;
  sums.load += sign * load;
  sums.households += sign * households;
  sums.people += sign * people;
  // What is left of an empty grid is rounding.
  sketch.sums.set(number, sums.blocks ? sums : nothing());
}

function count(sketch: Sketch, block: number, was: number, now: number): void {
  const { compound } = sketch.ground.blocks[block]!;
  const grids = compound === null ? undefined : sketch.compounds.get(compound);
  if (!grids) return;
  const left = grids.get(was)! - 1;
  if (left) grids.set(was, left);
  else grids.delete(was);
  grids.set(now, (grids.get(now) ?? 0) + 1);
}

const nothing = (): Sums => ({ blocks: 0, load: 0, households: 0, people: 0 });

export function sumsOf(sketch: Sketch, number: number): Sums {
  return sketch.sums.get(number) ?? nothing();
}

export function membersOf(sketch: Sketch, number: number): Set<number> {
  return sketch.members.get(number) ?? new Set();
}

/** The same changes backwards. */
export function reversed(changes: Change[]): [number, number][] {
  return [...changes].reverse().map(([block, was]) => [block, was]);
}

/** Of a run of changes each block's first and last grid; blocks that are where they were are left out. */
export function netOf(changes: Change[]): Change[] {
  const net = new Map<number, Change>();
  for (const [block, was, now] of changes) net.set(block, [block, net.get(block)?.[1] ?? was, now]);
  return [...net.values()].filter(([, was, now]) => was !== now);
}

/** The grids that changes take from or give to. */
export function touched(changes: Change[]): Set<number> {
  return new Set(changes.flatMap(([, was, now]) => [was, now]));
}

/** The connected pieces of a grid, the heaviest first. */
export function piecesOf(sketch: Sketch, number: number): number[][] {
  const left = new Set(membersOf(sketch, number));
  const pieces: number[][] = [];
  for (const start of left) {
    left.delete(start);
    const piece = [start];
    for (let at = 0; at < piece.length; at += 1)
      for (const other of neighbours(sketch.ground, piece[at]!)) if (left.delete(other)) piece.push(other);
    pieces.push(piece);
  }
  const load = (piece: number[]) => piece.reduce((sum, block) => sum + sketch.ground.blocks[block]!.load, 0);
  return pieces.sort((one, other) => load(other) - load(one) || other.length - one.length);
}

/** Blocks beside a grid that are not in it. */
export function beside(sketch: Sketch, number: number): number[] {
  const found = new Set<number>();
  for (const block of membersOf(sketch, number))
    for (const other of neighbours(sketch.ground, block)) if (sketch.of[other] !== number) found.add(other);
  return [...found];
}

/** Edges between a grid and what is not in it. */
export function borderOf(sketch: Sketch, number: number): number[] {
  const found = new Set<number>();
  for (const block of membersOf(sketch, number))
    for (const edge of sketch.ground.around[block]!) if (isBorder(sketch, edge)) found.add(edge);
  return [...found];
}

export function isBorder({ ground, of }: Sketch, edge: number): boolean {
  const { a, b } = ground.edges[edge]!;
  return of[a] !== of[b];
}
