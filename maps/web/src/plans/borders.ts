// Where two blocks meet, as lines: the sides of one's outline that are also the other's.
import type { MultiPolygon, Polygon, Position } from "geojson";
import { polygonsOf } from "./ground";

/** Lines by the pair of blocks, as `pairKey` names it. Blocks are a coverage: what they share is alike to the last digit. */
export function sharedLines(shapes: (Polygon | MultiPolygon)[]): Map<string, Position[][]> {
  const first = new Map<string, number>();
  const sides = new Map<string, [Position, Position][]>();
  shapes.forEach((shape, block) => {
    for (const ring of polygonsOf(shape).flat()) {
      for (let end = 1; end < ring.length; end += 1) {
        const side: [Position, Position] = [ring[end - 1]!, ring[end]!];
        const other = first.get(`${side[1].join()} ${side[0].join()}`);
        if (other === undefined) first.set(`${side[0].join()} ${side[1].join()}`, block);
        else if (other !== block) add(sides, pairKey(block, other), side);
      }
    }
  });
  return new Map([...sides].map(([pair, found]) => [pair, joined(found)]));
}

export function pairKey(a: number, b: number): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}

function add<T>(to: Map<string, T[]>, key: string, value: T): void {
  const own = to.get(key);
  if (own) own.push(value);
  else to.set(key, [value]);
}

/** Sides that follow one another become one line; a ring that closes becomes one from its first side on. */
function joined(sides: [Position, Position][]): Position[][] {
  const from = new Map(sides.map((side) => [side[0].join(), side]));
  const ends = new Set(sides.map(([, end]) => end.join()));
  const starts = [...sides.filter(([start]) => !ends.has(start.join())), ...sides];
  const lines: Position[][] = [];
  for (const start of starts) {
    const line: Position[] = [start[0]];
    for (let side = from.get(start[0].join()); side; side = from.get(side[1].join())) {
      from.delete(side[0].join());
      line.push(side[1]);
    }
    if (line.length > 1) lines.push(line);
  }
  return lines;
}
