// One draft under work: its ground, the sketch of it, the marks on its grids, and what is still to be saved.
import { Problem } from "../api";
import { t } from "../i18n";
import { makeGround, middleOf } from "./ground";
import type { Ground } from "./ground";
import { outbox } from "./outbox";
import type { Job, Outbox } from "./outbox";
import { alsoTouched, marksOf } from "./rules";
import type { Mark } from "./rules";
import * as service from "./service";
import type { Columns, Grid, GroundAnswer, Painted, Plan, Stroke } from "./service";
import { makeSketch, netOf, put, reversed, sumsOf, touched } from "./sketch";
import type { Change, Sketch } from "./sketch";

export interface Editor {
  plan: Plan;
  ground: Ground;
  sketch: Sketch;
  /** For each block the number of the grid that it has in the plan that the draft is based on; 0: none. */
  based: Int32Array;
  grids: Map<number, Grid>;
  marks: Map<number, Mark[]>;
  /** The mean load of the grids that have blocks; marks go by what it was when the draft was last saved. */
  mean: number;
  box: Outbox<Painted>;
}

/** What the page does when something has happened. */
export interface Heard {
  /** Blocks went to other grids; the grids whose figures and marks may differ. */
  painted(changes: Change[], grids: Set<number>): void;
  /** Everything may be different. */
  renewed(): void;
  /** The draft is saved. */
  saved(): void;
  told(text: string, warning: boolean): void;
  /** Blocks were cut or joined: the ground is another. */
  moved(): void;
}

export function groundOf(answer: GroundAnswer): Ground {
  const blocks = answer.blocks.features.map(({ geometry, properties }) => ({ ...properties, load: properties.load ?? 0, middle: middleOf(geometry) }));
  return makeGround(blocks, answer.edges, answer.wholes, answer.across);
}

/** Numbers of grids by the blocks of the ground; 0: none. */
export function numbersOf(ground: Ground, { id }: Columns, numbers: (number | null)[]): Int32Array {
  const of = new Int32Array(ground.blocks.length);
  id.forEach((block, row) => {
    const place = ground.at.get(block);
    if (place !== undefined) of[place] = numbers[row] ?? 0;
  });
  return of;
}

export function openEditor(plan: Plan, columns: Columns, ground: Ground, heard: Heard): Editor {
  const editor: Editor = {
    plan, ground, sketch: makeSketch(ground, numbersOf(ground, columns, columns.number)), based: numbersOf(ground, columns, columns.based),
    grids: new Map(), marks: new Map(), mean: 0, box: null as unknown as Outbox<Painted>,
  };
  takeOver(editor, plan);
  editor.box = outbox<Painted, { strokes: Stroke[] }>(plan.version ?? 0, {
    conflict: service.conflict,
    reload: () => reload(editor, heard),
    healed: ({ strokes }, again) => heard.told(healing(strokes, again), true),
    failed: (error) => heard.told(error instanceof Problem ? error.message : t("offline"), true),
    idle: () => rest(editor, heard),
  });
  return editor;
}

function takeOver(editor: Editor, plan: Plan): void {
  editor.plan = plan;
  editor.grids = new Map(plan.grids.map((grid) => [grid.number, grid]));
  editor.marks.clear();
  editor.mean = meanOf(editor);
  for (const number of editor.grids.keys()) mark(editor, number);
}

/** Takes the draft over as the service has it now; gives its version. */
export async function reload(editor: Editor, heard: Heard): Promise<number> {
  const { id } = editor.plan;
  const [plan, columns] = await Promise.all([service.plan(id), service.blocks(id)]);
  if (columns.id.length !== editor.ground.blocks.length || columns.id.some((block) => !editor.ground.at.has(block))) heard.moved();
  editor.sketch = makeSketch(editor.ground, numbersOf(editor.ground, columns, columns.number));
  takeOver(editor, plan);
  heard.renewed();
  return plan.version ?? 0;
}

/** Once all is saved the limits of every grid are held against the mean as it is now. */
function rest(editor: Editor, heard: Heard): void {
  editor.mean = meanOf(editor);
  for (const number of editor.grids.keys()) mark(editor, number);
  heard.painted([], new Set(editor.grids.keys()));
  heard.saved();
}

function healing(strokes: Stroke[], again: boolean): string {
  const who = [...new Set(strokes.map(({ made_by }) => made_by || t("plans_somebody")))].join(t("plans_comma"));
  const blocks = new Set(strokes.flatMap((stroke) => stroke.blocks)).size;
  return t(again ? "plans_healed" : "plans_healed_not_undone", { who, blocks });
}

function mark(editor: Editor, number: number): void {
  const grid = editor.grids.get(number);
  if (grid) editor.marks.set(number, marksOf(editor.sketch, grid, editor.plan.limits, editor.mean));
}

/** Puts blocks into grids on the map only; gives what has changed. Blocks of locked grids stay. */
export function sketchOn(editor: Editor, heard: Heard, wanted: Iterable<[number, number]>): Change[] {
  const changes = put(editor.sketch, [...wanted].filter(([block, now]) => !isLocked(editor, editor.sketch.of[block]!) && !isLocked(editor, now)));
  follow(editor, heard, changes);
  return changes;
}

function follow(editor: Editor, heard: Heard, changes: Change[]): void {
  if (changes.length === 0) return;
  const grids = new Set([...touched(changes), ...alsoTouched(editor.sketch, changes.map(([block]) => block))]);
  for (const number of grids) mark(editor, number);
  heard.painted(changes, grids);
}

/** Takes back what was put on the map and not sent. */
export function takeBack(editor: Editor, heard: Heard, changes: Change[]): void {
  follow(editor, heard, put(editor.sketch, reversed(changes)));
}

/** Sends what a stroke has changed since it began: all to one grid. */
export function save(editor: Editor, heard: Heard, changes: Change[]): void {
  const net = netOf(changes);
  if (net.length === 0) return;
  const now = net[0]![2];
  const blocks = net.map(([block]) => editor.ground.blocks[block]!.id);
  const { id } = editor.plan;
  write(editor, {
    send: (version) => service.stroke(id, version, { blocks, number: now || null }),
    again: () => follow(editor, heard, put(editor.sketch, net.map(([block]) => [block, now]))),
    done: (answer) => takeFigures(editor, answer),
  });
}

function write(editor: Editor, job: Job<Painted>): void {
  editor.box.add(job);
}

/** Undo, redo, or another stroke that only the service knows the outcome of. */
export function ask(editor: Editor, heard: Heard, send: (version: number) => Promise<Painted>): void {
  write(editor, { send, done: (answer) => takeAnswer(editor, heard, answer) });
}

export function turn(editor: Editor, heard: Heard, way: "undo" | "redo"): void {
  const { id } = editor.plan;
  ask(editor, heard, (version) => service.turn(id, version, way));
}

async function takeAnswer(editor: Editor, heard: Heard, answer: Painted): Promise<void> {
  const told = new Set(answer.grids.map(({ number }) => number));
  const gone = answer.changed.some(([, was, now]) => [was, now].some((number) => number !== null && !told.has(number)));
  // Grids that came or went by an undone stroke are told by the plan alone.
  if (gone || (answer.changed.length === 0 && answer.grids.length === 0)) {
    await reload(editor, heard);
    return editor.box.again();
  }
  const known = [...told].every((number) => editor.grids.has(number));
  takeFigures(editor, answer);
  const moves = answer.changed.flatMap(([block, , now]): [number, number][] => {
    const place = editor.ground.at.get(block);
    return place === undefined ? [] : [[place, now ?? 0]];
  });
  follow(editor, heard, put(editor.sketch, moves));
  if (known) heard.painted([], new Set(answer.grids.map(({ number }) => number)));
  else heard.renewed();
  editor.box.again();
}

function takeFigures(editor: Editor, answer: Painted): void {
  editor.plan.version = answer.version;
  for (const grid of answer.grids) editor.grids.set(grid.number, grid);
  for (const { number } of answer.grids) mark(editor, number);
}

export function isLocked({ grids }: Editor, number: number): boolean {
  return grids.get(number)?.locked ?? false;
}

/** What each worker of a grid carries. */
export function loadOf({ sketch, grids }: Editor, number: number): number {
  return sumsOf(sketch, number).load / Math.max(grids.get(number)?.workers ?? 1, 1);
}

function meanOf(editor: Editor): number {
  const loads = [...editor.grids.keys()].filter((number) => sumsOf(editor.sketch, number).blocks).map((number) => loadOf(editor, number));
  return loads.reduce((sum, load) => sum + load, 0) / Math.max(loads.length, 1);
}

export interface Evenness {
  mean: number;
  most: number;
  cv: number;
  gini: number;
  unassigned: number;
}

/** How evenly the load is spread over the grids. */
export function evenness(editor: Editor): Evenness {
  const loads = [...editor.grids.keys()].map((number) => loadOf(editor, number)).sort((a, b) => a - b);
  const unassigned = sumsOf(editor.sketch, 0).blocks;
  const total = loads.reduce((sum, load) => sum + load, 0);
  if (total <= 0) return { mean: 0, most: 0, cv: 0, gini: 0, unassigned };
  const mean = total / loads.length;
  const variance = loads.reduce((sum, load) => sum + (load - mean) ** 2, 0) / loads.length;
  const ranked = loads.reduce((sum, load, at) => sum + (2 * (at + 1) - loads.length - 1) * load, 0);
  return { mean, most: loads[loads.length - 1]! / mean, cv: Math.sqrt(variance) / mean, gini: ranked / (loads.length * total), unassigned };
}

/** The same of the plan that the draft is based on; of the draft itself where that is none. */
export function evennessBefore(editor: Editor): Evenness {
  const sketch = makeSketch(editor.ground, editor.based);
  const grids = new Map([...editor.grids].filter(([number]) => sketch.members.get(number)?.size));
  return grids.size ? evenness({ ...editor, sketch, grids }) : evenness(editor);
}
