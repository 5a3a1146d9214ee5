// The ground of a plan: blocks, and the edges that two of them share, as a graph of small integers.
import type { MultiPolygon, Polygon, Position } from "geojson";

/** What follows an edge; the first that applies. Nothing: it is only where two blocks meet. */
export type Why = "road" | "river" | "wall" | "legal" | "lane" | "nothing";

/** What a flood crosses: neighbours on a lane share its life. */
const CROSSED: ReadonlySet<Why> = new Set(["lane", "nothing"]);

export interface Block {
  id: number;
  code: string;
  /** The areas that it lies in, from the district down to the community. */
  parents: string[];
  compound: number | null;
  load: number;
  households: number;
  people: number;
  area_m2: number;
  /** All of its border, also that with what is no block. */
  outline_m: number;
  /** Its middle, in degrees. */
  middle: Position;
}

/** An edge between two blocks, by their places in `blocks`. */
export interface Edge {
  a: number;
  b: number;
  metres: number;
  kind: Why;
  why: string | null;
}

/** What should stay together: a compound or a protected place, as far as one grid could have it. */
export interface Whole {
  kind: string;
  name: string;
  /** Its blocks: places in `blocks`. */
  blocks: number[];
}

export interface Ground {
  blocks: Block[];
  /** Where in `blocks` the block with an id stands. */
  at: Map<number, number>;
  edges: Edge[];
  /** Of each block its edges, by their places in `edges`. */
  around: number[][];
  /** Of each compound its blocks. */
  compounds: Map<number, number[]>;
  wholes: Whole[];
  /** Of each block the wholes that it is part of, by their places in `wholes`. */
  partOf: number[][];
  /** Whether grids may cross areas. */
  across: boolean;
}

/** Edges and wholes go by ids of blocks; what leads to blocks that are not here is left out. */
export function makeGround(blocks: Block[], edges: Edge[], given: Whole[] = [], mayCross = false): Ground {
  const at = new Map(blocks.map(({ id }, place) => [id, place]));
  const around: number[][] = blocks.map(() => []);
  const kept: Edge[] = [];
  for (const edge of edges) {
    const [a, b] = [at.get(edge.a), at.get(edge.b)];
    if (a === undefined || b === undefined || a === b) continue;
    around[a]!.push(kept.length);
    around[b]!.push(kept.length);
    kept.push({ ...edge, a, b });
  }
  const wholes = given.flatMap((whole) => parted(whole, blocks, at, mayCross));
  const partOf: number[][] = blocks.map(() => []);
  wholes.forEach((whole, number) => whole.blocks.forEach((place) => partOf[place]!.push(number)));
  return { blocks, at, edges: kept, around, compounds: compoundsOf(blocks), wholes, partOf, across: mayCross };
}

/** What lies in different areas may be parted, so that it is a whole in each of them. */
function parted({ kind, name, blocks: ids }: Whole, blocks: Block[], at: Map<number, number>, mayCross: boolean): Whole[] {
  const areas = new Map<string | undefined, number[]>();
  for (const place of ids.flatMap((id) => at.get(id) ?? [])) {
    const area = mayCross ? "" : blocks[place]!.parents[0];
    areas.set(area, [...(areas.get(area) ?? []), place]);
  }
  return [...areas.values()].filter((own) => own.length > 1).map((own) => ({ kind, name, blocks: own }));
}

function compoundsOf(blocks: Block[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  blocks.forEach(({ compound }, place) => {
    if (compound === null) return;
    const own = found.get(compound);
    if (own) own.push(place);
    else found.set(compound, [place]);
  });
  return found;
}

/** The block at the other end of an edge. */
export function across({ edges }: Ground, edge: number, block: number): number {
  const { a, b } = edges[edge]!;
  return a === block ? b : a;
}

export function neighbours(ground: Ground, block: number): number[] {
  return ground.around[block]!.map((edge) => across(ground, edge, block));
}

/** Blocks that are reached from one without crossing a road, water, a wall or a legal line and, where `free` says no, without entering. */
export function withinRoads(ground: Ground, from: number, free: (block: number) => boolean = () => true): number[] {
  if (!free(from)) return [];
  const seen = new Set([from]);
  const open = [from];
  while (open.length) {
    const block = open.pop()!;
    for (const edge of ground.around[block]!) {
      const other = across(ground, edge, block);
      if (!CROSSED.has(ground.edges[edge]!.kind) || seen.has(other) || !free(other)) continue;
      seen.add(other);
      open.push(other);
    }
  }
  return [...seen];
}

/** All blocks of the compound that a block belongs to; itself alone where it belongs to none. */
export function wholeCompound({ blocks, compounds }: Ground, block: number): number[] {
  const { compound } = blocks[block]!;
  return compound === null ? [block] : compounds.get(compound)!;
}

/** Blocks whose middle lies within a ring. */
export function withinRing({ blocks }: Ground, ring: Position[]): number[] {
  return blocks.flatMap(({ middle }, place) => (contains(ring, middle) ? [place] : []));
}

/** A line without the points that lie within `off` of it (Douglas and Peucker 1973). */
export function simplified(line: Position[], off: number): Position[] {
  if (line.length < 3) return line;
  const [first, last] = [line[0]!, line[line.length - 1]!];
  const far = line.map((point) => fromSide(point, first, last));
  const most = far.reduce((best, one, at) => (one > far[best]! ? at : best), 0);
  if (far[most]! <= off) return [first, last];
  return [...simplified(line.slice(0, most + 1), off).slice(0, -1), ...simplified(line.slice(most), off)];
}

function fromSide([x, y]: Position, [ax, ay]: Position, [bx, by]: Position): number {
  const [dx, dy] = [bx! - ax!, by! - ay!];
  const along = Math.max(0, Math.min(1, ((x! - ax!) * dx + (y! - ay!) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x! - ax! - along * dx, y! - ay! - along * dy);
}

/** The block that has most of a line within it and is left by it at both ends; none where there is no such block. */
export function crossed(locate: Locate, line: Position[], steps = 40): number | null {
  const counts = new Map<number, number>();
  for (let end = 1; end < line.length; end += 1)
    for (let step = 0; step < steps; step += 1) {
      const [a, b] = [line[end - 1]!, line[end]!];
      const weight = Math.hypot(b[0]! - a[0]!, b[1]! - a[1]!);
      const block = locate([a[0]! + ((b[0]! - a[0]!) * step) / steps, a[1]! + ((b[1]! - a[1]!) * step) / steps]);
      if (block !== null) counts.set(block, (counts.get(block) ?? 0) + weight);
    }
  for (const end of [line[0]!, line[line.length - 1]!]) counts.delete(locate(end) ?? -1);
  return [...counts].reduce<[number | null, number]>((best, [block, long]) => (long > best[1] ? [block, long] : best), [null, 0])[0];
}

/** The block that a place in degrees lies in: a question asked many times while a brush is drawn. */
export type Locate = (at: Position) => number | null;

const ROWS = 64;

/** Blocks sorted into the cells of a lattice, so that few outlines are looked at for each place. */
export function locator(shapes: (Polygon | MultiPolygon)[]): Locate {
  const boxes = shapes.map(boxOf);
  const [west, south] = [Math.min(...boxes.map((box) => box[0])), Math.min(...boxes.map((box) => box[1]))];
  const [east, north] = [Math.max(...boxes.map((box) => box[2])), Math.max(...boxes.map((box) => box[3]))];
  const column = (lon: number) => Math.min(ROWS - 1, Math.floor(((lon - west) / (east - west)) * ROWS));
  const row = (lat: number) => Math.min(ROWS - 1, Math.floor(((lat - south) / (north - south)) * ROWS));
  const cells = new Map<number, number[]>();
  boxes.forEach((box, place) => {
    for (let x = column(box[0]); x <= column(box[2]); x += 1)
      for (let y = row(box[1]); y <= row(box[3]); y += 1) {
        const cell = cells.get(y * ROWS + x);
        if (cell) cell.push(place);
        else cells.set(y * ROWS + x, [place]);
      }
  });
  return (at) => {
    const [lon, lat] = at as [number, number];
    if (!(lon >= west && lon <= east && lat >= south && lat <= north)) return null;
    const near = cells.get(row(lat) * ROWS + column(lon)) ?? [];
    return near.find((place) => polygonsOf(shapes[place]!).some((rings) => inside(rings, at))) ?? null;
  };
}

export function polygonsOf(shape: Polygon | MultiPolygon): Position[][][] {
  return shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
}

/** The middle of a shape's largest part, weighed by area. */
export function middleOf(shape: Polygon | MultiPolygon): Position {
  const found = polygonsOf(shape).map(([ring]) => weighed(ring!));
  return found.reduce((best, one) => (one.area > best.area ? one : best)).middle;
}

/** By triangles from the ring's first point, so that small shapes far from 0° lose no digits. */
function weighed(ring: Position[]): { middle: Position; area: number } {
  const [x0, y0] = ring[0] as [number, number];
  let [twice, x, y] = [0, 0, 0];
  for (let at = 1; at < ring.length; at += 1) {
    const [ax, ay, bx, by] = [ring[at - 1]![0]! - x0, ring[at - 1]![1]! - y0, ring[at]![0]! - x0, ring[at]![1]! - y0];
    const part = ax * by - bx * ay;
    twice += part;
    x += part * (ax + bx);
    y += part * (ay + by);
  }
  return { middle: twice ? [x0 + x / (3 * twice), y0 + y / (3 * twice)] : [x0, y0], area: Math.abs(twice) / 2 };
}

function boxOf(shape: Polygon | MultiPolygon): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of polygonsOf(shape).flatMap((rings) => rings[0]!) as [number, number][]) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return box;
}

function inside([outer, ...holes]: Position[][], at: Position): boolean {
  return contains(outer!, at) && !holes.some((hole) => contains(hole, at));
}

/** Whether a ray to the east crosses the ring an odd number of times. */
export function contains(ring: Position[], [x, y]: Position): boolean {
  let odd = false;
  for (let here = 0, before = ring.length - 1; here < ring.length; before = here, here += 1) {
    const [ax, ay] = ring[here] as [number, number];
    const [bx, by] = ring[before] as [number, number];
    if (ay > y! !== by > y! && x! < ((bx - ax) * (y! - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}
