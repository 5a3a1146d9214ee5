// The grids of a draft beside the map, each with its load as a bar; a stroke changes only the rows it touches.
import { h, icon } from "../dom";
import { number as say, t } from "../i18n";
import type { Key } from "../i18n";
import { colourAt } from "./board";
import { nameOf } from "./desk";
import type { Desk } from "./desk";
import { evenness, loadOf } from "./editor";
import type { Evenness } from "./editor";
import type { Mark } from "./rules";
import { sumsOf } from "./sketch";

export const ORDERS = ["code", "heavy", "marked"] as const;
export type Order = (typeof ORDERS)[number];

const LOCK = "M7 11V8a5 5 0 0 1 10 0v3M5 11h14v9H5z";
const UNLOCK = "M7 11V8a5 5 0 0 1 9.600-2M5 11h14v9H5z";

interface Row {
  element: HTMLLIElement;
  button: HTMLButtonElement;
  bar: HTMLElement;
  much: HTMLElement;
  detail: HTMLElement;
  marks: HTMLElement;
  name: HTMLElement;
  lock: HTMLButtonElement | null;
}

export interface Rows {
  element: HTMLElement;
  /** All rows anew, in this order. */
  fill(order: Order): void;
  /** What has changed in these grids. */
  update(grids: Iterable<number>): void;
  choose(): void;
  focus(): void;
}

/** `lock` turns the lock of a grid. */
export function gridRows(desk: Desk, lock: (number: number) => void): Rows {
  const element = h("ul", { id: "grids", class: "grids", "aria-label": t("plans_grids") });
  const rows = new Map<number, Row>();
  let mean = 0;
  element.addEventListener("keydown", (event) => walk(element, event));
  const update = (grids: Iterable<number>) => {
    mean = evenness(desk.editor).mean;
    for (const number of grids) {
      const row = rows.get(number);
      if (row) show(desk, row, number, mean);
    }
  };
  const choose = () => {
    for (const [number, { element: line, button }] of rows) {
      const is = number === desk.brush;
      line.classList.toggle("chosen", is);
      button.setAttribute("aria-pressed", String(is));
      if (is) reveal(element, line);
    }
  };
  return {
    element, update, choose,
    fill(order) {
      rows.clear();
      for (const number of sorted(desk, order)) rows.set(number, makeRow(desk, number, lock));
      element.replaceChildren(...[...rows.values()].map((row) => row.element));
      update(rows.keys());
      choose();
    },
    focus: () => (rows.get(desk.brush)?.button ?? [...rows.values()][0]?.button)?.focus(),
  };
}

/** Scrolls the list, and not the page, until a row of it is seen. */
function reveal(list: HTMLElement, line: HTMLElement): void {
  const [frame, box] = [list.getBoundingClientRect(), line.getBoundingClientRect()];
  if (box.top < frame.top) list.scrollTop -= frame.top - box.top;
  else if (box.bottom > frame.bottom) list.scrollTop += box.bottom - frame.bottom;
}

function sorted({ editor }: Desk, order: Order): number[] {
  const numbers = [0, ...editor.grids.keys()];
  if (order === "heavy") return numbers.sort((a, b) => Number(b === 0) - Number(a === 0) || loadOf(editor, b) - loadOf(editor, a));
  const marks = (number: number) => editor.marks.get(number)?.length ?? 0;
  return order === "marked" ? numbers.sort((a, b) => Number(b === 0) - Number(a === 0) || marks(b) - marks(a) || a - b) : numbers;
}

function makeRow(desk: Desk, number: number, lock: (number: number) => void): Row {
  const [bar, much, detail, marks, name] = [h("i", {}), h("b", { class: "much" }), h("small", {}), h("span", { class: "marks" }), h("span", { class: "name" }, t("plans_unassigned"))];
  const dot = h("i", { class: number ? "dot" : "dot none" });
  if (number) dot.style.background = colourAt(desk.colours.get(number));
  const button = h("button", { type: "button", class: "grid", "data-grid": number, onclick: () => desk.choose(number, true) },
    dot, name, much, h("span", { class: "load", "aria-hidden": "true" }, bar), detail, marks);
  const turn = number ? h("button", { type: "button", class: "lock quiet", disabled: !desk.editable(), onclick: () => lock(number) }) : null;
  return { element: h("li", {}, button, turn), button, bar, much, detail, marks, name, lock: turn };
}

function show(desk: Desk, row: Row, number: number, mean: number): void {
  const sums = sumsOf(desk.editor.sketch, number);
  const share = mean ? loadOf(desk.editor, number) / mean : 0;
  row.much.textContent = number ? `${Math.round(100 * share)}%` : "";
  row.bar.style.width = number ? `${Math.min(100, 50 * share)}%` : "0";
  row.bar.className = share > 1.25 ? "over" : share < 0.75 ? "under" : "";
  row.detail.textContent = t("plans_grid_line", { blocks: say(sums.blocks), households: say(Math.round(sums.households)), people: say(Math.round(sums.people)) });
  const marks = desk.editor.marks.get(number) ?? [];
  row.marks.replaceChildren(...marks.map((mark) => h("span", { class: "mark", "data-rule": mark.rule, title: markWords(desk, mark) }, t(`plans_mark_${mark.rule}`, { what: "what" in mark ? t(`plans_of_${mark.what}`) : "" }))));
  row.element.hidden = number === 0 && sums.blocks === 0;
  const grid = desk.editor.grids.get(number);
  if (!grid || !row.lock) return;
  row.name.textContent = grid.name;
  if (row.lock.ariaPressed === String(grid.locked)) return;
  row.element.classList.toggle("locked", grid.locked);
  row.lock.ariaPressed = String(grid.locked);
  row.lock.ariaLabel = row.lock.title = t(grid.locked ? "plans_unlock" : "plans_lock", { name: grid.name });
  row.lock.replaceChildren(icon(grid.locked ? LOCK : UNLOCK, 16));
}

export function markWords(desk: Desk, mark: Mark): string {
  if (mark.rule === "contiguous") return t("plans_says_contiguous", { pieces: mark.pieces });
  if (mark.rule === "parent") return t("plans_says_parent", { blocks: mark.blocks.length });
  if ("names" in mark) return t(`plans_says_${mark.rule}`, { names: mark.names.join(t("plans_comma")) });
  if (mark.rule === "enclave") return t("plans_says_enclave", { name: nameOf(desk, mark.inside) });
  if (mark.rule === "compact") return t("plans_says_compact", { value: mark.value.toFixed(2), limit: mark.limit });
  const words = (value: number) => (mark.what === "load" ? `${Math.round(100 * value)}%` : mark.what === "area" ? t("plans_hectares", { n: (value / 1e4).toFixed(1) }) : say(Math.round(value)));
  return t(mark.over ? "plans_says_over" : "plans_says_under", { what: t(`plans_of_${mark.what}`), value: words(mark.value), limit: words(mark.limit) });
}

/** Up and down, home and end, among the buttons of a list. */
export function walk(list: HTMLElement, event: KeyboardEvent): void {
  const buttons = [...list.querySelectorAll<HTMLButtonElement>("li:not([hidden]) > button:first-child")];
  const here = buttons.indexOf(document.activeElement as HTMLButtonElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (here < 0 || to === undefined) return;
  event.preventDefault();
  buttons[Math.max(0, Math.min(buttons.length - 1, to))]?.focus();
}

/** How even the draft is; beside it how even it was when it was opened. */
export function spreadLine(now: Evenness, first: Evenness): HTMLElement[] {
  const one = (key: Key, value: number, was: number) => h("div", { "data-figure": key }, h("dt", {}, t(key)),
    h("dd", { class: value < was - 0.0005 ? "better" : value > was + 0.0005 ? "worse" : "" }, value.toFixed(2), h("small", {}, was.toFixed(2))));
  return [
    one("plans_most", now.most, first.most), one("plans_cv", now.cv, first.cv), one("plans_gini", now.gini, first.gini),
    h("div", { "data-figure": "plans_left" }, h("dt", {}, t("plans_left")), h("dd", { class: now.unassigned ? "worse" : "" }, say(now.unassigned))),
  ];
}
