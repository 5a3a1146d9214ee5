// The grid that is chosen: its name and workers, its blocks, the blocks beside it, its borders. All by keyboard.
import { h } from "../dom";
import { number as say, t } from "../i18n";
import type { Desk } from "./desk";
import { edgeVerdicts, edgeWhy, gridName } from "./explain";
import { markWords, walk } from "./rows";
import { beside, borderOf, membersOf } from "./sketch";

export const LISTS = ["beside", "own", "unassigned", "borders"] as const;
export type List = (typeof LISTS)[number];
const MOST = 300;

export interface Change {
  rename(number: number, name: string): void;
  staff(number: number, workers: number): void;
  drop(number: number): void;
}

export function chosenPart(desk: Desk, list: List, turn: (list: List) => void, change: Change): HTMLElement[] {
  const grid = desk.editor.grids.get(desk.brush);
  const head = grid ? gridForm(desk, change) : [h("h3", {}, t("plans_taking_out")), h("p", { class: "note" }, t("plans_taking_out_note"))];
  const lists = grid ? LISTS : (["unassigned"] as const);
  const shown = lists.includes(list as never) ? list : lists[0]!;
  const chooser = h("select", { id: "which", "aria-label": t("plans_which"), onchange: (event) => turn((event.target as HTMLSelectElement).value as List) },
    ...lists.map((one) => h("option", { value: one, selected: one === shown }, t(`plans_list_${one}`))));
  return [...head, h("div", { class: "which" }, chooser), lines(desk, shown)];
}

function gridForm(desk: Desk, { rename, staff, drop }: Change): HTMLElement[] {
  const grid = desk.editor.grids.get(desk.brush)!;
  const open = desk.editable() && !grid.locked;
  const name = h("input", { id: "grid-name", class: "text", type: "text", maxlength: 100, value: grid.name, disabled: !open, "aria-label": t("plans_grid_name"),
    onchange: (event) => rename(grid.number, (event.target as HTMLInputElement).value.trim() || grid.name) });
  const workers = h("input", { id: "grid-workers", class: "text", type: "number", min: 0, max: 1000, value: grid.workers, disabled: !open,
    onchange: (event) => staff(grid.number, Number((event.target as HTMLInputElement).value)) });
  const empty = membersOf(desk.editor.sketch, grid.number).size === 0;
  const marks = desk.editor.marks.get(grid.number) ?? [];
  return [
    h("div", { class: "grid-form" }, name, h("label", { for: "grid-workers" }, t("plans_workers")), workers,
      open && empty ? h("button", { class: "second", type: "button", onclick: () => drop(grid.number) }, t("plans_drop_grid")) : null),
    h("p", { class: "note" }, [grid.code ?? t("plans_new_code"), grid.parent_name].filter(Boolean).join(" · ")),
    ...(marks.length ? [h("ul", { class: "says" }, ...marks.map((mark) => h("li", {},
      h("button", { type: "button", class: "link", onclick: () => "blocks" in mark && desk.board.go(mark.blocks), onfocus: () => "blocks" in mark && desk.point(mark.blocks) }, markWords(desk, mark)))))] : []),
  ];
}

function lines(desk: Desk, list: List): HTMLElement {
  const { sketch } = desk.editor;
  const found = { own: () => [...membersOf(sketch, desk.brush)], beside: () => beside(sketch, desk.brush), unassigned: () => [...membersOf(sketch, 0)], borders: () => borderOf(sketch, desk.brush) }[list]();
  const element = h("ul", { id: "blocks", class: "lines", "aria-label": t(`plans_list_${list}`) },
    ...(list === "borders" ? borderLines(desk, found) : blockLines(desk, found, list)));
  element.addEventListener("keydown", (event) => {
    walk(element, event);
    if (event.key === "Delete") (document.activeElement as HTMLElement | null)?.dispatchEvent(new CustomEvent("takeout"));
  });
  return found.length ? element : h("p", { class: "empty" }, t("plans_no_lines"));
}

function blockLines(desk: Desk, found: number[], list: List): HTMLElement[] {
  const { blocks } = desk.editor.ground;
  const heavy = found.sort((a, b) => blocks[b]!.load - blocks[a]!.load).slice(0, MOST);
  return heavy.map((place) => {
    const button = h("button", {
      type: "button", "data-block": place, onfocus: () => desk.point([place]), onpointerenter: () => desk.point([place]),
      onclick: () => (list === "own" ? desk.board.go([place]) : desk.paint([place])), ontakeout: () => desk.paint([place], 0),
    }, h("span", {}, blocks[place]!.code), h("small", {}, list === "beside" ? gridName(desk, desk.editor.sketch.of[place]!) : ""),
    h("b", {}, t("plans_households", { n: say(blocks[place]!.households) })));
    return h("li", {}, button);
  });
}

/** Borders that follow nothing come first, the longest of them first. */
function borderLines(desk: Desk, found: number[]): HTMLElement[] {
  const { ground, sketch } = desk.editor;
  const bad = (place: number) => edgeVerdicts(desk, place).some(({ good }) => !good);
  const order = found.sort((a, b) => Number(bad(b)) - Number(bad(a)) || ground.edges[b]!.metres - ground.edges[a]!.metres).slice(0, MOST);
  return order.map((place) => {
    const edge = ground.edges[place]!;
    const other = sketch.of[edge.a] === desk.brush ? edge.b : edge.a;
    return h("li", {}, h("button", { type: "button", "data-edge": place, class: bad(place) ? "bad" : "", onfocus: () => desk.point([], place), onpointerenter: () => desk.point([], place), onclick: () => desk.board.go([edge.a, edge.b]) },
      h("span", {}, gridName(desk, sketch.of[other]!)), h("small", {}, edgeWhy(edge))));
  });
}

