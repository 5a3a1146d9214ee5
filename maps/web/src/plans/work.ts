// One draft at work: the map with its tools on one side, grids, rules and steps on the other.
import type { Position } from "geojson";
import { find, h, isPhone } from "../dom";
import { readHash, writeHash } from "../hash";
import { t } from "../i18n";
import type { Key } from "../i18n";
import type { Board } from "./board";
import { shapesOf } from "./board";
import { followPointer } from "./brush";
import type { Tool } from "./brush";
import type { Around, Desk } from "./desk";
import { ask, evennessBefore, groundOf, isLocked, openEditor, reload, save, sketchOn, takeBack, turn } from "./editor";
import type { Heard } from "./editor";
import { blockWords, edgeWords } from "./explain";
import { makePanel } from "./panel";
import type { Panel } from "./panel";
import * as service from "./service";
import { membersOf } from "./sketch";
import type { Change } from "./sketch";
import { helpCard, onKeys, toolbar } from "./toolbar";
import type { Doing } from "./toolbar";
import { viewOf } from "./view";

const EDGE_PX = 6;
const TOLD_MS = 9000;
const HINTS: Partial<Record<Tool, Key>> = { flood: "plans_hint_flood", cut: "plans_hint_cut", pick: "plans_hint_pick" };

export interface Work {
  desk: Desk;
  /** All words and lists anew. */
  render(): void;
  close(): void;
}

export async function work(board: Board, id: number, around: Around): Promise<Work> {
  const [plan, columns, answer] = await Promise.all([service.plan(id), service.blocks(id), service.ground(id)]);
  const ground = groundOf(answer);
  const shapes = shapesOf(answer, ground);
  let stroke: Change[] = [];
  let surrounding: ((blocks: number[]) => void) | null = null;
  let open = true;
  let late = 0;

  const heard: Heard = {
    painted(changes, grids) {
      view.touched(changes, grids);
      panel.touched(grids);
      if (changes.length === 0) panel.choose();
      tools();
    },
    renewed() {
      view.all();
      view.choose(desk.brush);
      view.ghost(desk.ghost);
      panel.render();
      tools();
    },
    saved() {
      view.names();
      tools();
      panel.saved();
    },
    told: (text, warning) => desk.tell(text, warning),
    moved: () => void editor.box.settled().then(() => {
      if (open) void around.reopen({ said: t("plans_ground_changed"), blocks: [] });
    }),
  };
  const editor = openEditor(plan, columns, ground, heard);
  const view = viewOf(editor, board, shapes);
  const desk: Desk = {
    editor, board, shapes, areas: around.areas, colours: view.colours, brush: plan.grids.find(({ number }) => number === Number(readHash("grid")))?.number ?? plan.grids[0]?.number ?? 0, tool: plan.status === "draft" && !isPhone() && !around.after?.blocks.length ? "brush" : "move", ghost: true, findings: [],
    editable: () => editor.plan.status === "draft",
    choose(number, go = false) {
      desk.brush = number;
      writeHash("grid", number ? String(number) : null);
      view.choose(number);
      panel.choose();
      tools();
      if (go && number) board.go(membersOf(editor.sketch, number));
    },
    take(tool) {
      desk.tool = tool;
      const hint = HINTS[tool];
      if (hint) desk.tell(t(hint));
      if (tool === "cut" || tool === "pick") panel.open("blocks");
      board.map.getCanvas().style.cursor = tool === "move" ? "" : "crosshair";
      tools();
    },
    paint(blocks, number = desk.brush) {
      const changes = sketchOn(editor, heard, blocks.map((block) => [block, number]));
      if (changes.length === 0 && blocks.some((block) => isLocked(editor, editor.sketch.of[block]!))) desk.tell(t("plans_is_locked"), true);
      save(editor, heard, changes);
      tools();
      panel.choose();
    },
    point(blocks, edge) {
      view.point(blocks, edge);
      about(blocks[0] ?? null, edge);
    },
    surround: () => new Promise((resolve) => {
      surrounding = resolve;
      desk.take("lasso");
      desk.tell(t("plans_draw_lasso"));
    }),
    preview: (changed) => view.preview(changed),
    async renew() {
      await editor.box.settled();
      editor.box.moved(await reload(editor, heard));
      if (!desk.editable()) desk.take("move");
      panel.saved();
    },
    tell(text, warning = false) {
      find("#told").replaceChildren(h("p", { class: warning ? "card warn" : "card said" }, text));
      window.clearTimeout(late);
      late = window.setTimeout(() => find("#told").replaceChildren(), TOLD_MS);
    },
  };
  const first = evennessBefore(editor);
  const doing: Doing = {
    turn(way) {
      turn(editor, heard, way);
      tools();
    },
    ghost() {
      desk.ghost = !desk.ghost;
      view.ghost(desk.ghost);
      tools();
    },
    next() {
      const [block] = membersOf(editor.sketch, 0);
      if (block === undefined) return desk.tell(t("plans_none_left"));
      board.go([block]);
      desk.point([block]);
    },
    help: () => find<HTMLDialogElement>("#help").showModal(),
    grids: () => panel.focus(),
    step(by) {
      const numbers = [...editor.grids.keys()];
      desk.choose(numbers[(numbers.indexOf(desk.brush) + by + numbers.length) % numbers.length] ?? 0, true);
    },
    cancel() {
      pointer.cancel();
      surrounding = null;
    },
  };
  const tools = () => {
    const focused = document.activeElement?.id;
    find("#tools").replaceChildren(...toolbar(desk, doing, editor.box.busy()));
    if (focused?.startsWith("tool-")) document.getElementById(focused)?.focus();
  };
  const about = (block: number | null, edge?: number) => {
    const line = find("#about");
    line.hidden = block === null && edge === undefined;
    if (!line.hidden) line.replaceChildren(...(edge === undefined ? blockWords(desk, block!) : edgeWords(desk, edge)));
  };
  const pointer = followPointer(board.map, {
    tool: () => desk.tool, ground: () => (open ? ground : null), locate: shapes.locate,
    ready: () => desk.editable() || surrounding !== null,
    free: (block) => !isLocked(editor, editor.sketch.of[block]!),
    begin: () => (stroke = []),
    paint(blocks) {
      const from = performance.now();
      stroke.push(...sketchOn(editor, heard, blocks.map((block) => [block, desk.brush])));
      performance.measure("luge:stroke", { start: from });
    },
    end() {
      save(editor, heard, stroke);
      stroke = [];
      tools();
      panel.choose();
    },
    cancel() {
      takeBack(editor, heard, stroke);
      stroke = [];
    },
    ring: (points: Position[]) => board.lasso(points, desk.tool === "cut"),
    drawn: (line) => panel.blocks.drawn(line),
    pick: (block) => panel.blocks.pick(block),
    caught(blocks) {
      if (!surrounding) return void stroke.push(...sketchOn(editor, heard, blocks.map((block) => [block, desk.brush])));
      surrounding(blocks);
      surrounding = null;
    },
  });
  const hover = ({ point: { x, y }, lngLat }: { point: { x: number; y: number }; lngLat: { lng: number; lat: number } }) => {
    if (!open) return;
    const near = board.map.queryRenderedFeatures([[x - EDGE_PX, y - EDGE_PX], [x + EDGE_PX, y + EDGE_PX]], { layers: ["plan-borders"] });
    const edge = near.find(({ state }) => state["border"])?.id as number | undefined;
    const block = shapes.locate([lngLat.lng, lngLat.lat]);
    view.point(block === null ? [] : [block], edge);
    about(block, edge);
  };
  const click = ({ lngLat }: { lngLat: { lng: number; lat: number } }) => {
    const block = open && desk.tool === "move" ? shapes.locate([lngLat.lng, lngLat.lat]) : null;
    if (block !== null) desk.choose(editor.sketch.of[block]!);
  };
  board.map.on("mousemove", hover);
  board.map.on("click", click);
  onKeys(() => (open ? desk : null), doing);
  const panel: Panel = makePanel(desk, around, first, (send) => {
    ask(editor, heard, send);
    tools();
  });
  const render = () => {
    document.getElementById("help")?.remove();
    document.body.append(helpCard());
    panel.render();
    tools();
  };
  find("#tools").hidden = false;
  view.all();
  view.ghost(desk.ghost);
  desk.take(desk.tool);
  desk.choose(desk.brush);
  render();
  panel.saved();
  if (around.after && readHash("tab") !== "blocks") desk.tell(around.after.said);
  return {
    desk, render,
    close() {
      open = false;
      board.map.off("mousemove", hover);
      board.map.off("click", click);
      panel.close();
      find("#tools").hidden = find("#about").hidden = true;
      view.point([]);
    },
  };
}
