// Drafts side by side: a table of measures, a map of each, and one of where they differ.
import { Problem } from "../api";
import type { District, Layers } from "../api";
import { find, h } from "../dom";
import { readHash, writeHash } from "../hash";
import { number as say, t } from "../i18n";
import type { Key } from "../i18n";
import { fitting, PALETTE } from "../palette";
import { board, colourAt } from "./board";
import type { Board } from "./board";
import type { Desk } from "./desk";
import { numbersOf } from "./editor";
import { meeting } from "./sketch";
import { statusTag } from "./list";
import * as service from "./service";
import type { Compared, ComparedPlan, Short } from "./service";

const MOST = 3;
// Which of the others differ from the first: the second, the third, both.
const DIFFERS = ["#d9622b", "#1f6fd6", "#6a52c7"];
const SAME = "#e9edf2";

interface Compare {
  parts(): HTMLElement[];
  /** Shows at once what the address asks for. */
  begin(): void;
  close(): void;
}

export function compareOf(desk: Desk, plans: Short[], district: District, declared: Layers): Compare {
  const own = desk.editor.plan.id;
  const asked = (readHash("compare") ?? "").split(",").map(Number).filter((id) => id !== own && plans.some((one) => one.id === id));
  const chosen = new Set<number>(asked.length ? asked.slice(0, MOST - 1) : plans.filter(({ id, status }) => id !== own && status === "published").slice(0, 1).map(({ id }) => id));
  let boards: Board[] = [];

  const close = () => {
    for (const { map } of boards) map.remove();
    boards = [];
    find("#compared").hidden = true;
    find("#compared").replaceChildren();
    writeHash("compare", null);
  };
  const show = async () => {
    try {
      await desk.editor.box.settled();
      const ids = [...inOrder(plans, chosen), own];
      const found = await service.compare(ids);
      close();
      await lay(found, ids);
    } catch (error) {
      desk.tell(error instanceof Problem ? error.message : t("offline"), true);
      if (!(error instanceof Problem)) console.error(error);
    }
  };
  const lay = async (found: Compared, ids: number[]) => {
    const frames = [...found.plans.map(({ plan }) => h("figure", {}, h("figcaption", {}, `#${plan.id} ${plan.name}`, statusTag(plan.status)), h("div", { class: "small-map", "data-map": plan.id }))),
      h("figure", {}, h("figcaption", {}, t("plans_difference"), differenceKey(found)), h("div", { class: "small-map", "data-map": "difference" }))];
    const part = find("#compared");
    part.replaceChildren(
      h("div", { class: "card compared-head" }, h("h2", {}, t("plans_side_by_side")), h("button", { type: "button", class: "second", id: "compare-close", onclick: close }, t("close"))),
      measuresTable(found.plans), h("div", { class: "maps" }, ...frames));
    part.hidden = false;
    writeHash("compare", ids.slice(0, -1).join());
    boards = await Promise.all(frames.map((frame) => board(frame.querySelector<HTMLElement>(".small-map")!, district, declared, true)));
    together(boards);
    const columns = await Promise.all(ids.map((id) => service.blocks(id)));
    boards.forEach((one, at) => {
      one.lay(desk.shapes);
      if (at >= ids.length) return paintDifference(desk, one, found);
      const of = numbersOf(desk.editor.ground, columns[at]!, columns[at]!.number);
      paintPlan(desk, one, coloursOf(desk, found, at, of), of);
    });
    document.getElementById("compare-close")?.focus();
  };
  return {
    close,
    begin: () => void (asked.length && show()),
    parts: () => {
      const others = plans.filter(({ id }) => id !== own);
      const boxes = others.map((one) => h("label", { class: "check" }, h("input", {
        type: "checkbox", "data-compare": one.id, checked: chosen.has(one.id), disabled: !chosen.has(one.id) && chosen.size >= MOST - 1,
        onchange: (event) => {
          if ((event.target as HTMLInputElement).checked) chosen.add(one.id);
          else chosen.delete(one.id);
          for (const box of document.querySelectorAll<HTMLInputElement>("[data-compare]")) box.disabled = !box.checked && chosen.size >= MOST - 1;
          find<HTMLButtonElement>("#compare").disabled = chosen.size === 0;
        },
      }), h("span", {}, `#${one.id} ${one.name}`), statusTag(one.status)));
      return [h("p", { class: "note" }, t("plans_compare_note")), ...(others.length ? boxes : [h("p", { class: "empty" }, t("plans_nothing_else"))]),
        h("button", { type: "button", class: "action", id: "compare", disabled: chosen.size === 0, onclick: () => void show() }, t("plans_compare"))];
    },
  };
}

/** Differences count from the first: what was published, then the oldest that has grids. The draft comes last. */
function inOrder(plans: Short[], chosen: Set<number>): number[] {
  const kind = ({ status, grids }: Short) => (status === "published" || status === "superseded" ? 0 : grids ? 1 : 2);
  return plans.filter(({ id }) => chosen.has(id)).sort((a, b) => kind(a) - kind(b) || a.id - b.id).map(({ id }) => id);
}

/** The maps move as one. */
function together(boards: Board[]): void {
  let moving = false;
  for (const { map } of boards) map.on("move", () => {
    if (moving) return;
    moving = true;
    for (const other of boards) if (other.map !== map) other.map.jumpTo({ center: map.getCenter(), zoom: map.getZoom() });
    moving = false;
  });
}

/** Grids that go on as the same grid of the first plan have one colour: that of the draft, which is the last. */
function coloursOf({ colours, editor }: Desk, { plans }: Compared, at: number, of: Int32Array): Map<number, number> {
  const own = plans.at(-1)!.grids.filter(({ as_first }) => as_first !== null);
  const first = new Map(own.map(({ number, as_first }) => [as_first, colours.get(number)]));
  const given = new Map<number, number>();
  for (const { number, as_first } of plans[at]!.grids) {
    const same = at === plans.length - 1 ? colours.get(number) : first.get(at === 0 ? number : as_first);
    if (same !== undefined) given.set(number, same);
  }
  const near = meeting(editor.ground.edges, of);
  for (const { number } of plans[at]!.grids) if (!given.has(number)) given.set(number, fitting(near.get(number) ?? [], given, number % PALETTE.length));
  return given;
}

function paintPlan({ editor }: Desk, one: Board, colours: Map<number, number>, of: Int32Array): void {
  of.forEach((number, place) => one.block(place, number ? { colour: colourAt(colours.get(number)), filled: true } : {}));
  editor.ground.edges.forEach(({ a, b }, place) => one.edge(place, { border: of[a] !== of[b] }));
}

function paintDifference({ editor }: Desk, one: Board, { plans, blocks }: Compared): void {
  editor.ground.blocks.forEach((_, place) => one.block(place, { colour: SAME, filled: false }));
  blocks.id.forEach((id, row) => {
    const place = editor.ground.at.get(id);
    const kind = differs(plans, blocks.numbers.map((numbers) => numbers[row] ?? null));
    if (place !== undefined && kind >= 0) one.block(place, { colour: DIFFERS[kind]!, filled: false });
  });
}

/** Which of `DIFFERS` a block is; below 0: none. Numbers of other plans are read as the first plan's. */
function differs(plans: ComparedPlan[], numbers: (number | null)[]): number {
  const as = numbers.map((number, at) => (at === 0 || number === null ? number : (plans[at]!.grids.find((grid) => grid.number === number)?.as_first ?? -number)));
  return (as[1] !== as[0] ? 1 : 0) + (as.length > 2 && as[2] !== as[0] ? 2 : 0) - 1;
}

function differenceKey({ plans }: Compared): HTMLElement {
  const one = (colour: string, text: string) => {
    const dot = h("i", { class: "dot" });
    dot.style.background = colour;
    return h("span", {}, dot, text);
  };
  const words = plans.length > 2 ? [`#${plans[1]!.plan.id}`, `#${plans[2]!.plan.id}`, t("plans_both")] : [`#${plans[1]!.plan.id}`];
  return h("span", { class: "key" }, ...words.map((text, at) => one(DIFFERS[at]!, text)));
}

function measuresTable(plans: ComparedPlan[]): HTMLElement {
  const fixed = (value: number | undefined) => (value === undefined ? "–" : value.toFixed(2));
  const rows: [Key, (plan: ComparedPlan) => string][] = [
    ["plans_most", ({ measures }) => fixed(measures?.max_over_mean)], ["plans_cv", ({ measures }) => fixed(measures?.cv)], ["plans_gini", ({ measures }) => fixed(measures?.gini)],
    ["plans_grids", ({ grids }) => say(grids.length)], ["plans_left", ({ unassigned }) => say(unassigned)],
    ["plans_moved_blocks", ({ moved_blocks }) => say(moved_blocks)], ["plans_moved_households", ({ moved_households }) => say(Math.round(moved_households))],
  ];
  return h("div", { class: "card scroll", tabindex: 0, role: "region", "aria-label": t("plans_side_by_side") }, h("table", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("plans_plan")), ...rows.map(([key]) => h("th", { scope: "col", class: "n" }, t(key))))),
    h("tbody", {}, ...plans.map((plan) => h("tr", { "data-compared": plan.plan.id }, h("th", { scope: "row" }, `#${plan.plan.id} ${plan.plan.name}`),
      ...rows.map(([key, words]) => h("td", { class: "n", "data-measure": key }, words(plan))))))));
}
