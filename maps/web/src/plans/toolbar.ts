// The tools above the map, and the keys that take them.
import { h, icon } from "../dom";
import { t } from "../i18n";
import type { Key } from "../i18n";
import { colourAt } from "./board";
import { TOOLS } from "./brush";
import type { Tool } from "./brush";
import type { Desk } from "./desk";
import { gridName } from "./explain";

const ICONS: Record<Tool | "undo" | "redo" | "ghost" | "erase" | "next", string> = {
  move: "M12 3v18M3 12h18M12 3l-3 3M12 3l3 3M12 21l-3-3M12 21l3-3M3 12l3-3M3 12l3 3M21 12l-3-3M21 12l-3 3",
  brush: "M14 4l6 6-7 7-6-6zM7 11l-3 3c-1 3 0 5-1 7 3 0 5 0 7-2l3-2",
  lasso: "M12 5c5 0 8.500 2 8.500 5s-3.500 5-8.500 5-8.500-2-8.500-5 3.500-5 8.500-5zM8 14.500c1.500 1 1.500 3-.5 4s-3 .5-3.500 2",
  compound: "M4 20V8l6-3v15M10 20h10V11l-10-2M4 20h6M13 13h1M17 13h1M13 16.500h1M17 16.500h1",
  flood: "M5 11l7-7 8 8-7 7zM5 11h14M20 15c1.500 2 2 3 1 4.500-.6.7-1.600.7-2.200 0-1-1.500-.3-2.500 1.200-4.500",
  cut: "M4 4h16v16H4zM15 2 9 22",
  pick: "M3 5h8v14H3zM13 5h8v14h-8zM8 12h8M14 10l2 2-2 2M10 10l-2 2 2 2",
  undo: "M8 5 4 9l4 4M4 9h10a5 5 0 0 1 0 10h-3",
  redo: "M16 5l4 4-4 4M20 9H10a5 5 0 0 0 0 10h3",
  ghost: "M4 4h4M12 4h4M20 4v4M20 12v4M20 20h-4M12 20H8M4 20v-4M4 12V8",
  erase: "M9 19h11M5 14l8-9 6 5-8 9H8z",
  next: "M4 12h11M11 7l5 5-5 5M20 5v14",
};

const KEYS: Record<string, string> = { move: "V", brush: "B", lasso: "L", compound: "C", flood: "F", cut: "K", pick: "J", undo: "Ctrl Z", redo: "Ctrl ⇧ Z", ghost: "G", erase: "X", next: "N" };

export interface Doing {
  turn(way: "undo" | "redo"): void;
  ghost(): void;
  next(): void;
  help(): void;
  grids(): void;
  step(by: 1 | -1): void;
  cancel(): void;
}

export function toolbar(desk: Desk, doing: Doing, busy: boolean): HTMLElement[] {
  const tool = (name: Tool) => button(name, `plans_tool_${name}`, () => desk.take(name), { "aria-pressed": String(desk.tool === name) });
  const editable = desk.editable();
  return [
    editable ? h("div", { class: "card group", role: "group", "aria-label": t("plans_tools") }, ...TOOLS.map(tool)) : null,
    editable ? brushSign(desk, busy) : null,
    h("div", { class: "card group" },
      ...(editable ? [
        button("erase", "plans_erase", () => desk.choose(0), { "aria-pressed": String(desk.brush === 0) }),
        button("undo", "plans_undo", () => doing.turn("undo")), button("redo", "plans_redo", () => doing.turn("redo")),
        button("next", "plans_next", doing.next),
      ] : []),
      button("ghost", "plans_ghost", doing.ghost, { "aria-pressed": String(desk.ghost) }),
      h("button", { type: "button", id: "tool-help", title: t("plans_help"), "aria-label": t("plans_help"), onclick: doing.help }, "?")),
  ].filter((part) => part !== null);
}

function button(name: keyof typeof ICONS, key: Key, act: () => void, more: Record<string, string> = {}): HTMLElement {
  const label = `${t(key)} (${KEYS[name]})`;
  return h("button", { type: "button", id: `tool-${name}`, title: label, "aria-label": label, onclick: act, ...more }, icon(ICONS[name]));
}

function brushSign(desk: Desk, busy: boolean): HTMLElement {
  const dot = h("i", { class: desk.brush ? "dot" : "dot none" });
  if (desk.brush) dot.style.background = colourAt(desk.colours.get(desk.brush));
  return h("p", { class: "card sign" }, dot, h("span", {}, desk.brush ? gridName(desk, desk.brush) : t("plans_taking_out")),
    h("small", { id: "saved", "data-saved": String(!busy) }, t(busy ? "plans_saving" : "plans_saved")));
}

/** Keys anywhere but in fields. */
export function onKeys(desk: () => Desk | null, doing: Doing): void {
  window.addEventListener("keydown", (event) => {
    const now = desk();
    const target = event.target as HTMLElement;
    if (!now || target.matches("input, select, textarea") || event.altKey) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      if (now.editable()) doing.turn(key === "y" || event.shiftKey ? "redo" : "undo");
      return;
    }
    const tool = TOOLS.find((name) => KEYS[name]!.toLowerCase() === key);
    if (tool && now.editable()) now.take(tool);
    else if (key === "n" && now.editable()) doing.next();
    else if (key === "x" && now.editable()) now.choose(0);
    else if (key === "g") doing.ghost();
    else if (key === "[") doing.step(-1);
    else if (key === "]") doing.step(1);
    else if (key === "/") doing.grids();
    else if (key === "?") doing.help();
    else if (key === "escape") doing.cancel();
    else return;
    event.preventDefault();
  });
}

export function helpCard(): HTMLElement {
  const lines: [string, Key][] = [
    ["V", "plans_tool_move"], ["B", "plans_tool_brush"], ["L", "plans_tool_lasso"], ["C", "plans_tool_compound"], ["F", "plans_tool_flood"], ["K", "plans_tool_cut"], ["J", "plans_tool_pick"],
    ["X", "plans_erase"], ["Ctrl Z", "plans_undo"], ["Ctrl ⇧ Z", "plans_redo"], ["N", "plans_next"], ["G", "plans_ghost"], ["[ ]", "plans_key_step"],
    ["/", "plans_key_grids"], ["↑ ↓", "plans_key_arrows"], ["Enter", "plans_key_enter"], ["Delete", "plans_key_delete"], ["Esc", "plans_key_escape"],
  ];
  return h("dialog", { id: "help", class: "card" }, h("h2", {}, t("plans_help")), h("dl", {}, ...lines.flatMap(([keys, key]) => [h("dt", {}, h("kbd", {}, keys)), h("dd", {}, t(key))])),
    h("p", { class: "note" }, t("plans_help_touch")), h("form", { method: "dialog" }, h("button", { class: "action" }, t("close"))));
}
