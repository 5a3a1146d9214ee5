// Tools on the map: what a pointer that is pressed, drawn and let go does to blocks.
import type { Map as MapLibre, MapMouseEvent, MapTouchEvent } from "maplibre-gl";
import type { Position } from "geojson";
import { simplified, wholeCompound, withinRing, withinRoads } from "./ground";
import type { Ground, Locate } from "./ground";

export const TOOLS = ["move", "brush", "lasso", "compound", "flood", "cut", "pick"] as const;
export type Tool = (typeof TOOLS)[number];

interface Hand {
  tool(): Tool;
  ground(): Ground | null;
  locate: Locate;
  /** Whether blocks may be painted now. */
  ready(): boolean;
  free(block: number): boolean;
  begin(): void;
  paint(blocks: number[]): void;
  end(): void;
  /** What was painted since the beginning is to be taken back. */
  cancel(): void;
  ring(points: Position[]): void;
  /** A lasso was closed. */
  caught(blocks: number[]): void;
  /** A line was drawn, to cut along. */
  drawn(line: Position[]): void;
  /** A block was chosen, or is no longer. */
  pick(block: number): void;
}

// Between two readings of a quick pointer the blocks on its way are painted, too.
const STEP_PX = 4;
const LEAST_PX = 3;
// A line drawn by hand trembles by so much.
const BEND_PX = 4;

export function followPointer(map: MapLibre, hand: Hand): { cancel(): void } {
  let last: { x: number; y: number } | null = null;
  let ring: Position[] = [];
  let way: Position[] = [];

  const isLine = () => hand.tool() === "lasso" || hand.tool() === "cut";
  const at = (x: number, y: number): Position => map.unproject([x, y]).toArray();
  const blockAt = (x: number, y: number) => hand.locate(at(x, y));
  const along = (from: { x: number; y: number }, to: { x: number; y: number }): number[] => {
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / STEP_PX));
    const found = new Set<number>();
    for (let step = 0; step <= steps; step += 1) {
      const block = blockAt(from.x + ((to.x - from.x) * step) / steps, from.y + ((to.y - from.y) * step) / steps);
      if (block !== null) found.add(block);
    }
    return [...found];
  };
  const whole = (ground: Ground, block: number) => (hand.tool() === "compound" ? wholeCompound(ground, block) : withinRoads(ground, block, hand.free));

  const press = (event: MapMouseEvent | MapTouchEvent) => {
    const fingers = "touches" in event.originalEvent ? event.originalEvent.touches.length : 1;
    if (fingers > 1) return stop();
    const { x, y } = event.point;
    const ground = hand.ground();
    if (hand.tool() === "move" || !ground || !hand.ready() || ("button" in event.originalEvent && event.originalEvent.button !== 0)) return;
    event.preventDefault();
    if (hand.tool() === "pick") return pick(x, y);
    last = { x, y };
    hand.begin();
    if (isLine()) [ring, way] = [[at(x, y)], [[x, y]]];
    else draw(ground, x, y);
  };
  const pick = (x: number, y: number) => {
    const block = blockAt(x, y);
    if (block !== null) hand.pick(block);
  };
  const draw = (ground: Ground, x: number, y: number) => {
    if (hand.tool() === "brush") return hand.paint(along(last!, { x, y }));
    const block = blockAt(x, y);
    if (block !== null) hand.paint(whole(ground, block));
  };
  const move = (event: MapMouseEvent | MapTouchEvent) => {
    const ground = hand.ground();
    if (!last || !ground) return;
    const { x, y } = event.point;
    if (!isLine()) draw(ground, x, y);
    else if (Math.hypot(x - last.x, y - last.y) >= LEAST_PX) {
      ring.push(at(x, y));
      way.push([x, y]);
      hand.ring(ring);
    } else return;
    last = { x, y };
  };
  const lift = () => {
    const ground = hand.ground();
    if (!last || !ground) return;
    last = null;
    if (hand.tool() === "lasso") hand.caught(withinRing(ground, ring));
    const line = hand.tool() === "cut" ? simplified(way, BEND_PX).map(([x, y]) => at(x!, y!)) : [];
    hand.ring((ring = []));
    hand.end();
    if (line.length > 1) hand.drawn(line);
  };
  const stop = () => {
    if (!last) return;
    last = null;
    hand.ring((ring = []));
    hand.cancel();
  };
  map.on("mousedown", press);
  map.on("touchstart", press);
  map.on("mousemove", move);
  map.on("touchmove", move);
  map.on("touchend", lift);
  map.on("touchcancel", stop);
  // Also where the pointer is let go beside the map.
  window.addEventListener("mouseup", lift);
  window.addEventListener("blur", stop);
  return { cancel: stop };
}
