// A city of square blocks, `across` in a row, for tests: streets between some of them.
import type { Polygon } from "geojson";
import { makeGround } from "../src/plans/ground";
import type { Block, Edge, Ground, Why } from "../src/plans/ground";

export function city(across: number, down: number, kind: (a: number, b: number) => Why = () => "nothing", compound: (block: number) => number | null = () => null, school: (block: number) => boolean = () => false): Ground {
  const blocks = Array.from({ length: across * down }, (_, place): Block => ({
    id: 100 + place, code: `B${place}`, parents: [place % across < across / 2 ? "west" : "east"], compound: compound(place),
    area_m2: 1, outline_m: 4, load: 1 + (place % 7), households: 10 * (place % 5), people: 25 * (place % 5), middle: [place % across, Math.floor(place / across)],
  }));
  const edges: Edge[] = [];
  const join = (a: number, b: number) => edges.push({ a: 100 + a, b: 100 + b, metres: 1, kind: kind(a, b), why: null });
  blocks.forEach((_, place) => {
    if (place % across < across - 1) join(place, place + 1);
    if (place + across < blocks.length) join(place, place + across);
  });
  const wholes = [...new Set(blocks.map((own) => own.compound))].filter((one) => one !== null)
    .map((one) => ({ kind: "compound", name: `C${one}`, blocks: blocks.filter((own) => own.compound === one).map(({ id }) => id) }));
  const taught = blocks.filter((_, place) => school(place)).map(({ id }) => id);
  return makeGround(blocks, edges, [...wholes, { kind: "school", name: "S", blocks: taught }]);
}

export function square(x: number, y: number): Polygon {
  return { type: "Polygon", coordinates: [[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]] };
}

/** Numbers that look random and are the same every time. */
export function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
