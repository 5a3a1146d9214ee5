// The map kept up with the draft: after a stroke only what it touched, after other things all of it.
import type { Feature } from "geojson";
import { PALETTE, fitting, spread } from "../palette";
import { colourAt } from "./board";
import type { Board, Shapes } from "./board";
import type { Editor } from "./editor";
import { NOBODYS } from "./layers";
import { borderOf, isBorder, meeting, membersOf } from "./sketch";
import type { Change } from "./sketch";

export interface View {
  colours: Map<number, number>;
  all(): void;
  touched(changes: Change[], grids: Iterable<number>): void;
  choose(number: number): void;
  ghost(on: boolean): void;
  point(blocks: number[], edge?: number): void;
  preview(changed: [number, number][]): void;
  names(): void;
}

export function viewOf(editor: Editor, board: Board, shapes: Shapes): View {
  const colours = spread(nearGrids(editor));
  let [chosen, ghosts] = [-1, false];
  let outlined = new Set<number>();
  let pointed: { blocks: number[]; edge: number | undefined } = { blocks: [], edge: undefined };
  let previewed: number[] = [];
  const wrong = new Map<number, Set<number>>();

  const colour = (place: number, number: number) => board.block(place, number ? { colour: colourAt(colours.get(number)), filled: true } : { colour: NOBODYS, filled: false });
  const edge = (place: number) => {
    const { a, b } = editor.ground.edges[place]!;
    const border = isBorder(editor.sketch, place);
    const mine = border && chosen > 0 && (editor.sketch.of[a] === chosen || editor.sketch.of[b] === chosen);
    if (mine) outlined.add(place);
    else outlined.delete(place);
    board.edge(place, { border, ghost: ghosts && editor.based[a] !== editor.based[b] && !border, chosen: mine });
  };
  const judge = (number: number) => {
    const now = new Set((editor.marks.get(number) ?? []).flatMap((mark) => (mark.rule === "contiguous" || mark.rule === "parent" ? mark.blocks : [])));
    const before = wrong.get(number) ?? new Set();
    for (const place of before) if (!now.has(place)) board.block(place, { wrong: false });
    for (const place of now) if (!before.has(place)) board.block(place, { wrong: true });
    wrong.set(number, now);
  };
  const names = () => board.names([...editor.grids.values()].flatMap((grid) => nameAt(editor, grid.number, grid.name)));
  return {
    colours, names,
    all() {
      board.lay(shapes);
      wrong.clear();
      for (const number of editor.grids.keys()) if (!colours.has(number)) colours.set(number, fitting(new Set(colours.keys()), colours, number % PALETTE.length));
      editor.sketch.of.forEach((number, place) => colour(place, number));
      editor.ground.edges.forEach((_, place) => edge(place));
      for (const number of editor.grids.keys()) judge(number);
      names();
    },
    touched(changes, grids) {
      const edges = new Set<number>();
      for (const [place, , now] of changes) {
        colour(place, now);
        for (const one of editor.ground.around[place]!) edges.add(one);
      }
      for (const one of edges) edge(one);
      for (const number of grids) judge(number);
    },
    choose(number) {
      chosen = number;
      for (const place of [...outlined]) edge(place);
      for (const place of number > 0 ? borderOf(editor.sketch, number) : []) edge(place);
    },
    ghost(on) {
      ghosts = on;
      editor.ground.edges.forEach((_, place) => edge(place));
    },
    point(blocks, one) {
      for (const place of pointed.blocks) board.block(place, { pointed: false });
      if (pointed.edge !== undefined) board.edge(pointed.edge, { pointed: false });
      pointed = { blocks, edge: one };
      for (const place of blocks) board.block(place, { pointed: true });
      if (one !== undefined) board.edge(one, { pointed: true });
    },
    preview(changed) {
      for (const place of previewed) colour(place, editor.sketch.of[place]!);
      const some = changed.length > 0;
      if (some || previewed.length) editor.sketch.of.forEach((_, place) => board.block(place, { faded: some }));
      previewed = changed.map(([place]) => place);
      for (const [place, number] of changed) {
        colour(place, number);
        board.block(place, { faded: false });
      }
    },
  };
}

/** Which grids meet: in the draft, or in what it is based on. */
function nearGrids({ grids, ground, sketch, based }: Editor): Map<number, Set<number>> {
  const near = new Map([...grids.keys()].map((number) => [number, new Set<number>()]));
  return meeting(ground.edges, based, meeting(ground.edges, sketch.of, near));
}

/** A name stands in the block that is nearest to the middle of its grid. */
function nameAt(editor: Editor, number: number, name: string): Feature[] {
  const blocks = [...membersOf(editor.sketch, number)].map((place) => editor.ground.blocks[place]!);
  if (blocks.length === 0) return [];
  const mean = [0, 1].map((axis) => blocks.reduce((sum, { middle }) => sum + middle[axis]!, 0) / blocks.length) as [number, number];
  const far = ({ middle: [lon, lat] }: (typeof blocks)[number]) => Math.hypot((lon! - mean[0]) * Math.cos((mean[1] * Math.PI) / 180), lat! - mean[1]);
  const at = blocks.reduce((best, block) => (far(block) < far(best) ? block : best));
  return [{ type: "Feature", properties: { name, blocks: blocks.length }, geometry: { type: "Point", coordinates: at.middle } }];
}
