// Keys that work the page, and the sheet that tells them.
import { h, icon, ICONS } from "../dom";
import { t, tValue, whenLanguage } from "../i18n";
import type { Key } from "../i18n";

/** The key of each action of the closed loop. */
export const ACTION_KEYS: Record<string, string> = {
  file: "f", dispatch: "d", handle: "h", feedback: "b", verify: "v", evaluate: "e", bounce: "x", rework: "r", cancel: "z",
};

interface Commands {
  next: () => void;
  previous: () => void;
  fresh: () => void;
  search: () => void;
  go: () => void;
  leave: () => void;
  note: () => void;
  tab: (at: number) => void;
  act: (action: string) => void;
}

const TOLD: [keys: string[], what: Key][] = [
  [["j", "↓"], "key_next"], [["k", "↑"], "key_previous"], [["1", "2", "3", "4"], "key_tabs"], [["n"], "key_new"],
  [["/"], "key_search"], [["g"], "key_go"], [["m"], "key_note"], [["Esc"], "key_leave"], [["?"], "key_help"],
];

export function shortcuts(commands: Commands): () => void {
  const sheet = h("dialog", { id: "keys", "aria-labelledby": "keys-title" });
  document.body.append(sheet);
  whenLanguage(() => sheet.replaceChildren(...content(() => sheet.close())));
  const help = () => (sheet.open ? sheet.close() : sheet.showModal());
  const simple: Record<string, () => void> = {
    j: commands.next, ArrowDown: commands.next, k: commands.previous, ArrowUp: commands.previous,
    n: commands.fresh, "/": commands.search, g: commands.go, m: commands.note, "?": help,
  };
  const byKey = Object.fromEntries(Object.entries(ACTION_KEYS).map(([action, key]) => [key, action]));
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && !sheet.open) return commands.leave();
    if (sheet.open && event.key !== "?") return;
    if (isTyping(event.target)) return;
    const act = simple[event.key] ?? (/^[1-4]$/.test(event.key) ? () => commands.tab(Number(event.key) - 1) : undefined);
    if (!act && !byKey[event.key]) return;
    event.preventDefault();
    if (act) act();
    else if (!event.repeat) commands.act(byKey[event.key]!);
  });
  return help;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // The map has its own arrow keys.
  return target.closest("input, textarea, select, .maplibregl-canvas") !== null;
}

function content(close: () => void): HTMLElement[] {
  const row = (keys: string[], what: string) =>
    h("div", {}, h("dt", {}, ...keys.map((key) => h("kbd", {}, key))), h("dd", {}, what));
  return [
    h("header", {}, h("h2", { id: "keys-title" }, t("keys")),
      h("button", { type: "button", class: "quiet close", "aria-label": t("close"), onclick: close }, icon(ICONS.close))),
    h("dl", {},
      ...TOLD.map(([keys, what]) => row(keys, t(what))),
      ...Object.entries(ACTION_KEYS).map(([action, key]) => row([key], tValue("action", action)))),
  ];
}
