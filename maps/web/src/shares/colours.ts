// A colour for each chief, the same before and after; neighbours differ where ten colours allow it.
import { PALETTE, spread } from "../palette";
import type { Stretch } from "./service";

export type Colours = Map<string, number>;

export function colourOf(colours: Colours, key: string): string {
  return PALETTE[colours.get(key) ?? 0]!;
}

/** Who a stretch belongs to: today, and in the draft. */
export type Keys = (stretch: Stretch) => (string | null)[];

export function colours(stretches: Stretch[], keys: Keys): Colours {
  return spread(neighbours(stretches, keys));
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
