// A draft as it is painted: which grid each block is in, and what follows from that, kept up block by block.
import { across, neighbours } from "./ground";
import type { Ground } from "./ground";

/** The place of a block, the number of the grid that it was in, and of the one that it is in; 0: none. */
export type Change = [block: number, was: number, now: number];

interface Sums {
  blocks: number;
  load: number;
  households: number;
  people: number;
  /** Whole square centimetres, and centimetres of the outlines of its blocks and of edges within: sums of them have no rounding. */
  area: number;
  outlines: number;
  inner: number;
}

export interface Sketch {
  ground: Ground;
  /** For each block the number of its grid; 0: none. */
  of: Int32Array;
  /** Blocks of each grid. */
  members: Map<number, Set<number>>;
  sums: Map<number, Sums>;
  /** Of each whole of the ground, how many of its blocks are in which grid. */
  wholes: Map<number, number>[];
  /** Centimetres of border between two grids. */
  meets: Map<number, Map<number, number>>;
}

/** `numbers` by the blocks of the ground. */
export function makeSketch(ground: Ground, numbers: ArrayLike<number>): Sketch {
  const sketch: Sketch = { ground, of: new Int32Array(ground.blocks.length), members: new Map(), sums: new Map(), wholes: ground.wholes.map(({ blocks }) => new Map([[0, blocks.length]])), meets: new Map() };
  ground.blocks.forEach((_, block) => add(sketch, block, 0));
  for (const edge of ground.edges) sketch.sums.get(0)!.inner += cm(edge.metres);
  put(sketch, Array.from(numbers, (now, block) => [block, now]));
  return sketch;
}

/** Moves blocks to grids; the answer is what has changed. Its work goes by the blocks, not by the district. */
export function put(sketch: Sketch, wanted: Iterable<[block: number, number: number]>): Change[] {
  const changes: Change[] = [];
  for (const [block, now] of wanted) {
    const was = sketch.of[block]!;
    if (was === now) continue;
    meet(sketch, block, -1);
    take(sketch, block, was);
    add(sketch, block, now);
    count(sketch, block, was, now);
    sketch.of[block] = now;
    meet(sketch, block, 1);
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
  const { load, households, people, area_m2, outline_m } = sketch.ground.blocks[block]!;
  sums.blocks += sign;
  sums.load += sign * load;
  sums.households += sign * households;
  sums.people += sign * people;
  sums.area += sign * Math.round(1e4 * area_m2);
  sums.outlines += sign * cm(outline_m);
  // What is left of an empty grid is rounding.
  sketch.sums.set(number, sums.blocks ? sums : nothing());
}

function count(sketch: Sketch, block: number, was: number, now: number): void {
  for (const whole of sketch.ground.partOf[block]!) {
    more(sketch.wholes[whole]!, was, -1);
    more(sketch.wholes[whole]!, now, 1);
  }
}

/** Edges of a block with the grids that they lie between now. */
function meet({ ground, of, sums, meets }: Sketch, block: number, sign: 1 | -1): void {
  const own = of[block]!;
  for (const edge of ground.around[block]!) {
    const [other, length] = [of[across(ground, edge, block)]!, sign * cm(ground.edges[edge]!.metres)];
    if (other === own) sums.get(own)!.inner += length;
    else for (const [one, two] of [[own, other], [other, own]] as const) {
      const beside = meets.get(one) ?? new Map<number, number>();
      meets.set(one, beside);
      more(beside, two, length);
    }
  }
}

/** Adds to a number that is kept only while it is not 0. */
function more(counts: Map<number, number>, key: number, by: number): void {
  const now = (counts.get(key) ?? 0) + by;
  if (now) counts.set(key, now);
  else counts.delete(key);
}

const cm = (metres: number) => Math.round(100 * metres);
const nothing = (): Sums => ({ blocks: 0, load: 0, households: 0, people: 0, area: 0, outlines: 0, inner: 0 });

export function sumsOf(sketch: Sketch, number: number): Sums {
  return sketch.sums.get(number) ?? nothing();
}

/** The outline of a grid in cm. */
export function outlineOf(sketch: Sketch, number: number): number {
  const { outlines, inner } = sumsOf(sketch, number);
  return outlines - 2 * inner;
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

/** Which grids meet which, where `of` has the number of each block's grid. */
export function meeting(edges: Ground["edges"], of: ArrayLike<number>, near = new Map<number, Set<number>>()): Map<number, Set<number>> {
  for (const { a, b } of edges) {
    const [one, other] = [of[a]!, of[b]!];
    if (one === other || !one || !other) continue;
    for (const [own, beside] of [[one, other], [other, one]] as const) near.set(own, (near.get(own) ?? new Set<number>()).add(beside));
  }
  return near;
}

export function isBorder({ ground, of }: Sketch, edge: number): boolean {
  const { a, b } = ground.edges[edge]!;
  return of[a] !== of[b];
}
