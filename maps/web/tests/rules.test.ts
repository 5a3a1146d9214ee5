import assert from "node:assert/strict";
import { test } from "node:test";
import { alsoTouched, marksOf } from "../src/plans/rules";
import { makeSketch, outlineOf, put, sumsOf, touched } from "../src/plans/sketch";
import { city, dice } from "./city";

const held = (number: number) => ({ number, parent: null, workers: 1 });
const rulesOf = (sketch: Parameters<typeof marksOf>[0], number: number, limits = {}) => marksOf(sketch, held(number), limits, 0).map(({ rule }) => rule);

test("a grid that lies wholly inside one other is an enclave", () => {
  const sketch = makeSketch(city(6, 4), Array.from({ length: 24 }, (_, place) => (place === 8 ? 2 : place === 0 ? 3 : 1)));
  assert.deepEqual([1, 2, 3].map((number) => rulesOf(sketch, number)), [[], ["enclave"], []]);
  put(sketch, [[7, 4]]);
  assert.deepEqual(rulesOf(sketch, 2), []);
  put(sketch, [[7, 0]]);
  assert.deepEqual(rulesOf(sketch, 2), []);
});

test("compactness is that of Polsby and Popper", () => {
  const sketch = makeSketch(city(6, 4), Array.from({ length: 24 }, (_, place) => 1 + Math.floor(place / 6)));
  assert.equal(outlineOf(sketch, 1), 1400);
  const [mark] = marksOf(sketch, held(1), { compactness_least: 0.5 }, 0);
  assert.ok(mark?.rule === "compact" && Math.abs(mark.value - (4 * Math.PI * 6) / 14 ** 2) < 1e-12);
  assert.deepEqual(rulesOf(sketch, 1, { compactness_least: 0.38 }), []);
});

test("a grid too small or too large is told", () => {
  const sketch = makeSketch(city(4, 1), [1, 1, 1, 2]);
  assert.deepEqual([1, 2].map((number) => marksOf(sketch, held(number), { area_least: 2, area_most: 2.5 }, 0)), [
    [{ rule: "limit", what: "area", value: 3, limit: 2.5, over: true }], [{ rule: "limit", what: "area", value: 1, limit: 2, over: false }],
  ]);
});

test("protected places are not cut; the law may part them", () => {
  const ground = city(8, 2, undefined, undefined, (place) => place % 8 >= 2 && place % 8 < 6);
  const sketch = makeSketch(ground, Array.from({ length: 16 }, (_, place) => (place % 8 < 4 ? 1 : 2)));
  assert.deepEqual([1, 2].map((number) => rulesOf(sketch, number)), [[], []]);
  put(sketch, [[2, 3]]);
  assert.deepEqual([1, 2, 3].map((number) => rulesOf(sketch, number).includes("protected")), [true, false, true]);
  put(sketch, [[2, 0]]);
  assert.deepEqual(rulesOf(sketch, 1), []);
});

test("lengths and areas after many strokes are those of a fresh count, and grids that strokes do not touch keep their marks", () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const roll = dice(seed);
    const ground = city(12, 9, undefined, (place) => (place % 12 < 8 ? Math.floor(place / 3) : null), (place) => place % 5 === 0);
    const sketch = makeSketch(ground, ground.blocks.map(() => roll(7)));
    const limits = { compactness_least: 0.3, area_most: 15 };
    const marks = (of: typeof sketch, number: number) => JSON.stringify(marksOf(of, held(number), limits, 9).map((mark) => ({ ...mark, blocks: "blocks" in mark ? [...mark.blocks].sort() : [], names: "names" in mark ? [...mark.names].sort() : [] })));
    for (let turn = 0; turn < 40; turn += 1) {
      const old = Array.from({ length: 7 }, (_, number) => marks(sketch, number));
      const changes = put(sketch, Array.from({ length: 1 + roll(4) }, () => [roll(108), roll(7)] as [number, number]));
      const near = new Set([...touched(changes), ...alsoTouched(sketch, changes.map(([block]) => block))]);
      for (let number = 1; number < 7; number += 1) if (!near.has(number)) assert.equal(marks(sketch, number), old[number]);
    }
    const fresh = makeSketch(ground, sketch.of);
    for (let number = 0; number < 7; number += 1) {
      assert.deepEqual(sumsOf(sketch, number), sumsOf(fresh, number));
      assert.deepEqual([...(sketch.meets.get(number) ?? [])].sort(), [...(fresh.meets.get(number) ?? [])].sort());
      const outside = [...(sketch.meets.get(number)?.values() ?? [])].reduce((sum, length) => sum + length, 0);
      assert.ok(outlineOf(sketch, number) >= outside);
    }
  }
});
