// How strongly a layer is drawn, from nothing to as it was made: opacities of its style, made smaller.
import type { Map as MapLibre } from "maplibre-gl";
import { readHash, writeHash } from "./hash";
import { redraw } from "./map";

const HASH = "fade";
const LEAST = 10;

const OPACITIES: Record<string, string[]> = {
  fill: ["fill-opacity"], line: ["line-opacity"], circle: ["circle-opacity", "circle-stroke-opacity"], symbol: ["icon-opacity", "text-opacity"],
};
// As the style was made, by layer and property.
const made = new Map<string, unknown>();

/** Draw everything under the toggle's name at `share` (0 to 1) of its strength. */
export function fade(map: MapLibre, toggle: string, share: number): void {
  redraw(map);
  for (const { id, type, metadata } of map.getStyle().layers) {
    if ((metadata as { toggle?: string } | undefined)?.toggle !== toggle) continue;
    for (const name of OPACITIES[type] ?? []) {
      const key = `${id} ${name}`;
      if (!made.has(key)) made.set(key, map.getPaintProperty(id, name as "fill-opacity") ?? 1);
      map.setPaintProperty(id, name as "fill-opacity", times(made.get(key), share) as number);
    }
  }
}

/** How strongly layers are drawn by the address, 10 to 100 by their toggles: fade=incidents:40;roads:70 */
export function readFades(): Map<string, number> {
  const parts = decodeURIComponent(readHash(HASH) ?? "").split(";").map((part) => /^(.+):(\d+)$/.exec(part));
  return new Map(parts.filter((part) => part !== null).map(([, toggle, strength]) => [toggle!, Math.min(100, Math.max(LEAST, Number(strength)))]));
}

/** Those that are not drawn as they were made go to the address. */
export function writeFades(strengths: [toggle: string, strength: number][]): void {
  const faded = strengths.filter(([, strength]) => strength < 100);
  writeHash(HASH, faded.length ? faded.map(([toggle, strength]) => `${toggle}:${strength}`).join(";") : null);
}

/** A number or expression times `share`; where it follows the zoom, each of its stops is. */
function times(value: unknown, share: number): unknown {
  if (typeof value === "number") return value * share;
  if (!Array.isArray(value)) return value;
  const every = (from: number) => value.map((part, at) => (at >= from && (at - from) % 2 === 0 ? times(part, share) : part));
  if (value[0] === "interpolate") return every(4);
  if (value[0] === "step") return every(2);
  return ["*", share, value];
}
