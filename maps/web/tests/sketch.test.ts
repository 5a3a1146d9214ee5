import assert from "node:assert/strict";
import { test } from "node:test";
import { alsoTouched, marksOf } from "../src/plans/rules";
import { beside, borderOf, isBorder, makeSketch, netOf, piecesOf, put, reversed, sumsOf, touched } from "../src/plans/sketch";
import type { Change, Sketch } from "../src/plans/sketch";
import { city, dice } from "./city";

const GRIDS = 6;

function random(seed: number): { sketch: Sketch; roll: (below: number) => number } {
  const roll = dice(seed);
  const ground = city(12, 9, undefined, (block) => (block % 12 < 8 ? Math.floor(block / 3) : null));
  return { sketch: makeSketch(ground, ground.blocks.map(() => roll(GRIDS + 1))), roll };
}

function stroke(sketch: Sketch, roll: (below: number) => number): Change[] {
  const number = roll(GRIDS + 1);
  return put(sketch, Array.from({ length: 1 + roll(9) }, () => [roll(sketch.of.length), number] as [number, number]));
}

/** The same, made anew from where the blocks are now. */
const anew = (sketch: Sketch) => makeSketch(sketch.ground, sketch.of);

test("sums, members and compounds after many strokes are those of a fresh count", () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const { sketch, roll } = random(seed);
    for (let turn = 0; turn < 60; turn += 1) stroke(sketch, roll);
    const fresh = anew(sketch);
    for (let number = 0; number <= GRIDS; number += 1) {
      assert.deepEqual(sumsOf(sketch, number), sumsOf(fresh, number));
      assert.deepEqual([...(sketch.members.get(number) ?? [])].sort(), [...(fresh.members.get(number) ?? [])].sort());
      const grid = { number, parent: "west", workers: 1 };
      assert.deepEqual(rulesOf(sketch, grid), rulesOf(fresh, grid));
    }
  }
});

function rulesOf(sketch: Sketch, grid: { number: number; parent: string; workers: number }): unknown {
  return marksOf(sketch, grid, { load_most: 1.2, households_least: 200 }, 50).map((mark) => ({ ...mark, ...("blocks" in mark && { blocks: mark.blocks.length }), ...("names" in mark && { names: [...mark.names].sort() }) }));
}

test("a stroke undone leaves everything as it was", () => {
  const { sketch, roll } = random(77);
  const [of, sums] = [Int32Array.from(sketch.of), structuredClone(sketch.sums)];
  const done = Array.from({ length: 20 }, () => stroke(sketch, roll));
  for (const changes of done.reverse()) put(sketch, reversed(changes));
  assert.deepEqual(sketch.of, of);
  for (const [number, own] of sums) assert.deepEqual(sumsOf(sketch, number), own);
});

test("nothing changes where a block is painted with the grid that it is in", () => {
  const sketch = makeSketch(city(3, 1), [1, 1, 2]);
  assert.deepEqual(put(sketch, [[0, 1], [1, 2], [1, 2]]), [[1, 1, 2]]);
});

test("the net of a run of changes leads from the first state to the last", () => {
  const { sketch, roll } = random(5);
  const before = Int32Array.from(sketch.of);
  const net = netOf(Array.from({ length: 40 }, () => stroke(sketch, roll)).flat());
  for (const [block, was, now] of net) assert.deepEqual([before[block], sketch.of[block]], [was, now]);
  assert.equal(net.length, sketch.of.filter((now, block) => now !== before[block]).length);
});

test("the marks of grids that a stroke does not touch stay as they are", () => {
  const { sketch, roll } = random(9);
  const marks = (number: number) => JSON.stringify(rulesOf(sketch, { number, parent: "west", workers: 1 }));
  for (let turn = 0; turn < 40; turn += 1) {
    const old = Array.from({ length: GRIDS + 1 }, (_, number) => marks(number));
    const changes = stroke(sketch, roll);
    const near = new Set([...touched(changes), ...alsoTouched(sketch, changes.map(([block]) => block))]);
    for (let number = 1; number <= GRIDS; number += 1) if (!near.has(number)) assert.equal(marks(number), old[number]);
  }
});

test("a grid is in pieces where a block between them is taken out", () => {
  const sketch = makeSketch(city(5, 1), [1, 1, 1, 1, 1]);
  assert.equal(piecesOf(sketch, 1).length, 1);
  put(sketch, [[1, 2]]);
  assert.deepEqual(piecesOf(sketch, 1), [[2, 3, 4], [0]]);
  assert.deepEqual(marksOf(sketch, { number: 1, parent: null, workers: 1 }, {}, 1), [{ rule: "contiguous", blocks: [0], pieces: 2 }]);
});

test("the pieces of a grid are all of it, and no edge leads from one to another", () => {
  const { sketch } = random(3);
  for (let number = 1; number <= GRIDS; number += 1) {
    const pieces = piecesOf(sketch, number);
    assert.equal(new Set(pieces.flat()).size, sumsOf(sketch, number).blocks);
    const piece = new Map(pieces.flatMap((blocks, at) => blocks.map((block) => [block, at] as const)));
    for (const { a, b } of sketch.ground.edges) if (piece.has(a) && piece.has(b)) assert.equal(piece.get(a), piece.get(b));
  }
});

test("blocks beside a grid are at the other side of its borders", () => {
  const { sketch } = random(11);
  for (let number = 1; number <= GRIDS; number += 1) {
    const borders = borderOf(sketch, number);
    assert.ok(borders.every((edge) => isBorder(sketch, edge)));
    const other = new Set(borders.map((edge) => [sketch.ground.edges[edge]!.a, sketch.ground.edges[edge]!.b].find((block) => sketch.of[block] !== number)));
    assert.deepEqual(new Set(beside(sketch, number)), other);
  }
});

test("marks tell blocks outside of the parent, limits, and compounds that are cut", () => {
  const sketch = makeSketch(city(4, 1, undefined, () => 7), [1, 1, 1, 2]);
  const marks = marksOf(sketch, { number: 1, parent: "west", workers: 2 }, { households_most: 10, load_least: 0.5 }, 5);
  assert.deepEqual(marks, [
    { rule: "parent", blocks: [2] },
    { rule: "limit", what: "households", value: 15, limit: 10, over: true },
    { rule: "compound", blocks: [2], names: ["C7"] },
  ]);
});
