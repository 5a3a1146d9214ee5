import assert from "node:assert/strict";
import { test } from "node:test";

// The page's language comes from its address and from what was chosen last: here there is neither.
Object.assign(globalThis, { window: { location: { hash: "" } } });
Object.defineProperty(globalThis, "localStorage", { value: { getItem: () => null }, configurable: true });
const { say } = await import("../src/words");

// What the service says, word by word, of plans and rotations. That nothing it can say is left out is held by
// tests/unit/test_problem_words.py.
const SAID: [english: string, chinese: string][] = [
  ["the plan is submitted and can become approved or draft, not published", "方案现为“已提交”，不能变为“已发布”"],
  ["plan 4 is published: only a draft can be changed so", "方案 #4 现为“已发布”，不能这样修改"],
  ["there is no plan 9", "没有方案 #9，可能已删除"],
  ["grid 20 of plan 4 is locked: unlock it to change it", "网格 20 已锁定：先解锁再修改"],
  ["grid 20 of plan 4 has 7 blocks: paint them away first", "网格 20 还有 7 个街区：先划到别的网格"],
  ["plan 4 has no stroke to undo", "没有可撤销的操作"],
  ["plan 4 has no stroke to do again", "没有可重做的操作"],
  ["plan 4 has no grid 400", "草案里没有网格 400"],
  ["block 77 is not in plan 4: it may have been cut since", "方案里没有街区 77：可能已被切分或合并"],
  ["say the day from which the plan is to hold", "请填写生效日期"],
  ["2026-01-01 has passed: a plan is published from today (2026-11-22) or later", "2026-01-01 已过：最早从今天（2026-11-22）起生效"],
  ["another plan holds from 2027-01-01: publish this one from a later day", "2027-01-01 起已有另一方案生效：请选更晚的日期"],
  ["plan 5 was begun on plan 1, and plan 4 has come into force since: begin a draft on that one", "起草后方案 #4 已生效：请以它为基础重新起草"],
  ["3 blocks are others today than when plan 5 was begun, since blocks were derived or imported anew: begin another draft", "起草后街区重新划分过，有 3 个不同：请重新起草"],
  ["another proposal is being computed by this service; wait for it, or stop it", "正在计算另一份建议：请等它完成，或先停止它"],
  ["12 of the blocks that proposal 3 would move were painted since; ask for a new one", "建议涉及的街区中有 12 个已被改动：请重新请求建议"],
  ["proposal 3 is running; only a ready one is applied", "建议 3 现为“running”，算好的才能采纳"],
  ["12 grids are fewer than the 16 areas that need one each", "16 个社区各需一个网格，12 个不够"],
  ["grid 4 has 2 blocks: not enough for 3 grids", "网格 4 只有 2 个街区，分不成 3 个网格"],
  ["every grid of the draft is locked", "草案的网格全部锁定了"],
  ["a piece of 120 m² would be left, and the least is 500 m²: draw the line elsewhere", "会留下 120 平方米的小块，最小为 500 平方米：请换个位置画线"],
  ["the line does not cross the block: draw it from one side of the block to another", "线没有穿过街区：请从一侧画到另一侧"],
  ["the blocks do not all lie beside one another along an edge", "这些街区并不全都相邻"],
  ["the blocks lie in different areas, and a block lies in one", "这些街区分属不同社区，不能合并"],
  ["name two blocks or more to join", "请选择两个以上街区来合并"],
  ["no plan of the grid system party is in force: name one to hold it against", "网格体系 party 现在没有生效的方案：请指定与哪个方案比较"],
  ["a replay is of 1 to 1100 days: `until` is the day after the last one", "回放时段为 1 到 1100 天"],
  ["a rotation needs somebody who takes a turn", "轮值至少要有一人"],
  ["there is a rotation '北街' already: give this one another name", "已有名为“北街”的轮值：请换个名字"],
  ["the rotation ends on 2026-01-01, before it begins on 2026-02-01", "轮值结束（2026-01-01）早于开始（2026-02-01）"],
  ["that makes more than 5000 turns: end it earlier", "会超过 5000 次：请把结束日期提前"],
  ["there is no rotation 7", "没有轮值 7，可能已删除"],
];

for (const [english, chinese] of SAID) test(`in Chinese: ${english}`, () => assert.equal(say(english), chinese));
