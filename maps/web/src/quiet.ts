// Numbers as colours want a quiet ground: while there are any, what would hide them is switched off,
// and switched on again afterwards. Whoever wants it back before finds its switch in the layers panel.
import { isOn } from "./map";
import type { Map as MapLibre } from "maplibre-gl";

/** For a reason, switch these off; with none, the reason is gone. */
export type Quiet = (reason: string, toggles: string[]) => void;

export function quietGround(map: MapLibre, turn: (toggle: string, on: boolean) => void): Quiet {
  const reasons = new Map<string, string[]>();
  let wanted = new Set<string>();
  const turnedOff = new Set<string>();
  return (reason, toggles) => {
    reasons.set(reason, toggles);
    const before = wanted;
    wanted = new Set([...reasons.values()].flat());
    for (const toggle of wanted) {
      if (before.has(toggle) || !isOn(map, toggle)) continue;
      turnedOff.add(toggle);
      turn(toggle, false);
    }
    for (const toggle of turnedOff) {
      if (wanted.has(toggle)) continue;
      turnedOff.delete(toggle);
      if (!isOn(map, toggle)) turn(toggle, true);
    }
  };
}
