// The chief's own segments on a plane in metres: where a position lies along them, and what a walk passes. The
// rules are those of the service (geo/patrol.py), which has the last word.
import type { Door, Road, Segment, Side, Strip } from "./service";
import type { Fix } from "./store";

export interface Stretch {
  segment: number;
  side: Side;
  from_m: number;
  to_m: number;
}

export interface Place {
  road: Road;
  segment: Segment;
  side: Side;
  chainage_m: number;
  offset_m: number;
}

export interface NearDoor {
  door: Door;
  place: Place;
  distance_m: number;
}

type XY = [x: number, y: number];
const EARTH_RADIUS_M = 6_371_008.8;

export interface Ground {
  place: (at: { lon: number; lat: number }, within_m?: number) => Place | null;
  /** Shops nearest to a position, with how far off they are. */
  shops: (at: { lon: number; lat: number }, most: number, within_m: number) => NearDoor[];
  /** The place in degrees at a chainage, `offset_m` off the axis. */
  at: (place: Place) => { lon: number; lat: number };
  passed: (before: Fix, after: Fix) => Stretch[];
}

interface Axis {
  road: Road;
  segment: Segment;
  line: XY[];
  /** Metres of the service for one metre here. */
  scale: number;
}

export function makeGround(strip: Strip): Ground {
  const first = strip.roads[0]?.segments[0]?.line[0] ?? [0, 0];
  const east = EARTH_RADIUS_M * Math.cos((first[1] * Math.PI) / 180) * (Math.PI / 180);
  const north = EARTH_RADIUS_M * (Math.PI / 180);
  const flat = (lon: number, lat: number): XY => [(lon - first[0]) * east, (lat - first[1]) * north];
  const degrees = ([x, y]: XY) => ({ lon: first[0] + x / east, lat: first[1] + y / north });
  const axes: Axis[] = strip.roads.flatMap((road) => road.segments.map((segment) => {
    const line = segment.line.map(([lon, lat]) => flat(lon, lat));
    return { road, segment, line, scale: segment.length_m / length(line) };
  }));
  const place: Ground["place"] = ({ lon, lat }, within_m = Infinity) => {
    const xy = flat(lon, lat);
    const found = axes.map((axis) => onAxis(axis, xy)).reduce((a, b) => (b.offset_m < a.offset_m ? b : a), NOWHERE);
    return found !== NOWHERE && found.offset_m <= within_m ? found : null;
  };
  const shops: Ground["shops"] = ({ lon, lat }, most, within_m) => {
    const [x, y] = flat(lon, lat);
    const near: NearDoor[] = [];
    for (const { road, segment } of axes) for (const { side, doors } of segment.sides) for (const door of doors) {
      if (door.kind !== "merchant" || door.lon === null || door.lat === null) continue;
      const [dx, dy] = flat(door.lon, door.lat);
      const distance_m = Math.hypot(dx - x, dy - y);
      if (distance_m <= within_m) near.push({ door, distance_m, place: { road, segment, side, chainage_m: door.chainage_m, offset_m: 0 } });
    }
    return near.sort((a, b) => a.distance_m - b.distance_m).slice(0, most);
  };
  const passed: Ground["passed"] = (before, after) => {
    const [a, b] = [before, after].map((fix) => {
      const found = place(fix);
      return found && found.offset_m <= found.segment.width_m / 2 + strip.rules.beside_m ? found : null;
    });
    const seconds = (after.at - before.at) / 1000;
    if (!a || !b || seconds <= 0 || seconds > strip.rules.pause_s) return [];
    const most = strip.rules.pace_mps * seconds + strip.rules.slip_m;
    const sure: [boolean, boolean] = [a.offset_m >= before.accuracy_m, b.offset_m >= after.accuracy_m];
    return between(a, b, sure, most).flatMap(inCharge(axes));
  };
  return { place, shops, passed, at: (at) => degrees(pointOn(axes.find(({ segment }) => segment === at.segment)!, at)) };
}

const NOWHERE = { offset_m: Infinity } as Place;

function length(line: XY[]): number {
  return line.slice(1).reduce((sum, [x, y], n) => sum + Math.hypot(x - line[n]![0], y - line[n]![1]), 0);
}

function onAxis({ road, segment, line, scale }: Axis, [px, py]: XY): Place {
  let run = 0;
  let found: Place = NOWHERE;
  for (let n = 1; n < line.length; n++) {
    const [x, y] = line[n - 1]!;
    const [dx, dy] = [line[n]![0] - x, line[n]![1] - y];
    const long = Math.hypot(dx, dy);
    if (long === 0) continue;
    const along = Math.min(Math.max(((px - x) * dx + (py - y) * dy) / long, 0), long);
    const [ex, ey] = [px - x - (along * dx) / long, py - y - (along * dy) / long];
    const offset_m = Math.hypot(ex, ey);
    if (offset_m < found.offset_m) {
      found = { road, segment, side: dx * ey - dy * ex >= 0 ? "L" : "R", chainage_m: (run + along) * scale, offset_m };
    }
    run += long;
  }
  return found;
}

function pointOn({ line, scale }: Axis, { chainage_m, side, offset_m }: Place): XY {
  let left = chainage_m / scale;
  for (let n = 1; n < line.length; n++) {
    const [x, y] = line[n - 1]!;
    const [dx, dy] = [line[n]![0] - x, line[n]![1] - y];
    const long = Math.hypot(dx, dy);
    if (long > 0 && (left <= long || n === line.length - 1)) {
      const off = (side === "L" ? offset_m : -offset_m) / long;
      return [x + (dx * left) / long - dy * off, y + (dy * left) / long + dx * off];
    }
    left -= long;
  }
  return line[0]!;
}

/** What lies between two places, on one segment or through the junction of two. */
function between(a: Place, b: Place, sure: [boolean, boolean], most: number): Stretch[] {
  if (a.segment === b.segment) {
    const crossed = !a.segment.narrow && a.side !== b.side && sure[0] === sure[1];
    if (crossed || Math.abs(a.chainage_m - b.chainage_m) > most) return [];
    return onSides(a, sure[0] ? a.side : b.side, b.chainage_m);
  }
  const ways = [0, 1, 2, 3].map((way) => {
    const [i, j] = [way >> 1, way & 1];
    const ends = [i ? a.segment.length_m : 0, j ? b.segment.length_m : 0] as const;
    const meet = a.segment.nodes[i] === b.segment.nodes[j];
    return { ends, way: meet ? Math.abs(a.chainage_m - ends[0]) + Math.abs(b.chainage_m - ends[1]) : Infinity };
  });
  const { ends, way } = ways.reduce((one, other) => (other.way < one.way ? other : one));
  return way > most ? [] : [...onSides(a, a.side, ends[0]), ...onSides(b, b.side, ends[1])];
}

function onSides({ segment, chainage_m }: Place, side: Side, to: number): Stretch[] {
  const [from_m, to_m] = [Math.min(chainage_m, to), Math.max(chainage_m, to)];
  const sides: Side[] = segment.narrow ? ["L", "R"] : [side];
  return to_m > from_m ? sides.map((one) => ({ segment: segment.id, side: one, from_m, to_m })) : [];
}

function inCharge(axes: Axis[]): (stretch: Stretch) => Stretch[] {
  return ({ segment, side, from_m, to_m }) => {
    const own = axes.find((axis) => axis.segment.id === segment)?.segment.sides.find((one) => one.side === side);
    return (own?.charge ?? [])
      .map(([low, high]) => ({ segment, side, from_m: Math.max(from_m, low), to_m: Math.min(to_m, high) }))
      .filter((part) => part.to_m > part.from_m);
  };
}

/** The same metres, each once: stretches of a side that touch are one. */
export function joined(stretches: Stretch[]): Stretch[] {
  const order = [...stretches].sort((a, b) => a.segment - b.segment || a.side.localeCompare(b.side) || a.from_m - b.from_m);
  const whole: Stretch[] = [];
  for (const one of order) {
    const last = whole.at(-1);
    if (last && last.segment === one.segment && last.side === one.side && one.from_m <= last.to_m + 1e-3) {
      last.to_m = Math.max(last.to_m, one.to_m);
    } else whole.push({ ...one });
  }
  return whole;
}

export const lengthOf = (stretches: { from_m: number; to_m: number }[]): number =>
  stretches.reduce((sum, { from_m, to_m }) => sum + to_m - from_m, 0);
