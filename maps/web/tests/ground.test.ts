import assert from "node:assert/strict";
import { test } from "node:test";
import { sharedLines } from "../src/plans/borders";
import { crossed, locator, simplified, wholeCompound, withinRing, withinRoads } from "../src/plans/ground";
import { PALETTE, spread } from "../src/palette";
import { city, dice, square } from "./city";

const street = (a: number, b: number) => (Math.floor(a / 3) !== Math.floor(b / 3) ? "road" : "lane");

test("a flood stops at roads, water, walls and legal lines, and crosses lanes", () => {
  const ground = city(9, 1, street);
  assert.deepEqual(withinRoads(ground, 4).sort(), [3, 4, 5]);
  for (const kind of ["lane", "nothing"] as const) assert.equal(withinRoads(city(9, 2, () => kind), 0).length, 18);
  for (const kind of ["river", "wall", "legal"] as const) assert.deepEqual(withinRoads(city(9, 2, () => kind), 0), [0]);
});

test("a flood is the same from each of its blocks, and enters none that is not free", () => {
  const roll = dice(4);
  const ground = city(8, 8, () => (roll(3) ? "road" : "nothing"));
  for (let block = 0; block < 64; block += 1) {
    const found = new Set(withinRoads(ground, block));
    for (const other of found) assert.deepEqual(new Set(withinRoads(ground, other)), found);
  }
  assert.deepEqual(withinRoads(city(5, 1), 0, (block) => block !== 3).sort(), [0, 1, 2]);
  assert.deepEqual(withinRoads(city(5, 1), 3, (block) => block !== 3), []);
});

test("a compound is whole, and a block without one stands alone", () => {
  const ground = city(4, 1, undefined, (block) => (block < 3 ? 1 : null));
  assert.deepEqual(wholeCompound(ground, 1), [0, 1, 2]);
  assert.deepEqual(wholeCompound(ground, 3), [3]);
});

test("a lasso takes the blocks whose middle it holds", () => {
  assert.deepEqual(withinRing(city(4, 4), [[0.5, 0.5], [2.5, 0.5], [2.5, 2.5], [0.5, 2.5]]), [5, 6, 9, 10]);
});

test("a place is found in its block, and nowhere beside the city", () => {
  const shapes = Array.from({ length: 20 }, (_, place) => square(place % 5, Math.floor(place / 5)));
  const locate = locator(shapes);
  shapes.forEach((_, place) => assert.equal(locate([(place % 5) + 0.3, Math.floor(place / 5) + 0.7]), place));
  assert.equal(locate([-0.1, 1]), null);
  assert.equal(locate([2, 4.2]), null);
});

test("a hole belongs to what lies in it", () => {
  const outer = { type: "Polygon" as const, coordinates: [[[0, 0], [3, 0], [3, 3], [0, 3], [0, 0]], square(1, 1).coordinates[0]!.slice().reverse()] };
  const locate = locator([outer, square(1, 1)]);
  assert.equal(locate([1.5, 1.5]), 1);
  assert.equal(locate([0.5, 0.5]), 0);
});

test("two blocks share the sides that both have, joined into lines", () => {
  const left = { type: "Polygon" as const, coordinates: [[[0, 0], [1, 0], [1, 1], [1, 2], [0, 2], [0, 0]]] };
  const right = { type: "Polygon" as const, coordinates: [[[1, 0], [2, 0], [2, 2], [1, 2], [1, 1], [1, 0]]] };
  const lines = sharedLines([left, right, square(5, 5)]);
  assert.deepEqual([...lines.keys()], ["0-1"]);
  assert.deepEqual(lines.get("0-1"), [[[1, 2], [1, 1], [1, 0]]]);
});

test("a block within another shares its whole outline with it", () => {
  const hole = square(1, 1).coordinates[0]!.slice().reverse();
  const outer = { type: "Polygon" as const, coordinates: [[[0, 0], [3, 0], [3, 3], [0, 3], [0, 0]], hole] };
  const [line] = sharedLines([outer, square(1, 1)]).get("0-1")!;
  assert.equal(line!.length, 5);
  assert.deepEqual(line![0], line![4]);
});

test("neighbours differ in colour where no one has more than nine", () => {
  const roll = dice(8);
  const near = new Map(Array.from({ length: 60 }, (_, at) => [at, new Set<number>()]));
  for (let turn = 0; turn < 200; turn += 1) {
    const [a, b] = [roll(60), roll(60)];
    if (a === b || near.get(a)!.size >= PALETTE.length - 1 || near.get(b)!.size >= PALETTE.length - 1) continue;
    near.get(a)!.add(b);
    near.get(b)!.add(a);
  }
  const given = spread(near);
  for (const [one, others] of near) for (const other of others) assert.notEqual(given.get(one), given.get(other));
  assert.equal(new Set(given.values()).size, PALETTE.length);
});

test("a line drawn by hand loses its trembling and keeps its bends", () => {
  const roll = dice(2);
  const bent = [...Array.from({ length: 50 }, (_, at) => [at, roll(3)]), ...Array.from({ length: 50 }, (_, at) => [49 + roll(3), at])];
  const line = simplified(bent, 4);
  assert.equal(line.length, 3);
  assert.deepEqual([line[0], line.at(-1)], [bent[0], bent.at(-1)]);
  assert.deepEqual(simplified([[0, 0], [0, 0]], 4), [[0, 0], [0, 0]]);
});

test("a line cuts the block that it enters and leaves", () => {
  const locate = locator(Array.from({ length: 20 }, (_, place) => square(place % 5, Math.floor(place / 5))));
  assert.equal(crossed(locate, [[0.9, 1.5], [2.1, 1.6]]), 6);
  assert.equal(crossed(locate, [[0.5, 1.5], [1.5, 1.5]]), null);
  assert.equal(crossed(locate, [[-0.2, 0.5], [1.1, 0.5]]), 0);
  assert.equal(crossed(locate, [[1.5, 1.5], [2.4, 1.9], [3.2, 1.5]]), 7);
});
