// A colour for each chief, the same before and after; neighbours differ where ten colours allow it.
import type { Stretch } from "./service";

export const PALETTE = ["#1f6fd6", "#d9622b", "#2a9d63", "#b0399d", "#c79a11", "#6a52c7", "#0e9bb0", "#c23350", "#7a8b1c", "#8c5a3c"];
export type Colours = Map<string, number>;

export function colourOf(colours: Colours, key: string): string {
  return PALETTE[colours.get(key) ?? 0]!;
}

/** Who a stretch belongs to: today, and in the draft. */
export type Keys = (stretch: Stretch) => (string | null)[];

export function colours(stretches: Stretch[], keys: Keys): Colours {
  const near = neighbours(stretches, keys);
  const given: Colours = new Map();
  const order = [...near.keys()].sort((a, b) => near.get(b)!.size - near.get(a)!.size || (a < b ? -1 : 1));
  for (const key of order) {
    const used = PALETTE.map(() => 0);
    for (const other of near.get(key)!) {
      const colour = given.get(other);
      if (colour !== undefined) used[colour]! += 1;
    }
    // Of those that no neighbour has, turn by turn, so that all are used.
    const start = given.size % PALETTE.length;
    const turn = PALETTE.map((_, at) => (start + at) % PALETTE.length);
    given.set(key, turn.reduce((best, at) => (used[at]! < used[best]! ? at : best)));
  }
  return given;
}

function neighbours(stretches: Stretch[], keys: Keys): Map<string, Set<string>> {
  const meeting = new Map<string, Set<string>>();
  const near = new Map<string, Set<string>>();
  for (const stretch of stretches) {
    const own = keys(stretch).filter((key) => key !== null);
    const { coordinates } = stretch.geometry;
    for (const end of [coordinates[0]!, coordinates[coordinates.length - 1]!]) {
      const at = end.join();
      const there = meeting.get(at) ?? new Set<string>();
      own.forEach((key) => there.add(key));
      meeting.set(at, there);
    }
    own.forEach((key) => near.has(key) || near.set(key, new Set()));
  }
  for (const there of meeting.values()) {
    for (const one of there) for (const other of there) if (one !== other) near.get(one)!.add(other);
  }
  return near;
}
