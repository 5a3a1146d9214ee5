// The queue: open cases under four headings, the urgent ones first; a list worked by arrows or pointer.
import { h, icon, ICONS } from "../dom";
import { number, t, tValue, whenLanguage } from "../i18n";
import type { Case } from "./service";
import { age, isIn, isLate, mark, TABS } from "./states";
import type { Tab } from "./states";

const MOST_ROWS = 300;

export interface Queue {
  element: HTMLElement;
  show: () => void;
  /** The cases that the words typed let through, under every heading; and the chosen one. */
  passing: () => Case[];
  tab: (tab: Tab) => void;
  step: (by: number) => void;
  search: () => void;
  failed: (text: string) => void;
}

export interface Held {
  cases: Map<string, Case>;
  chosen: string;
  loading: boolean;
  fresh: Set<string>;
}

interface Acts {
  choose: (code: string) => void;
  /** Other words were typed. */
  thinned: () => void;
  again: () => void;
}

export function makeQueue(held: Held, { choose, thinned, again }: Acts): Queue {
  let shown: Tab = "new";
  let failure = "";
  const tabs = TABS.map((name) =>
    h("button", { type: "button", role: "tab", id: `queue-${name}`, "data-tab": name, "aria-controls": "queue-panel", onclick: () => tab(name) }));
  const strip = h("div", { role: "tablist" }, ...tabs);
  const input = h("input", { type: "search", class: "text", id: "filter", autocomplete: "off", oninput: () => thinned() });
  const list = h("ul", { id: "cases" });
  const panel = h("div", { id: "queue-panel", role: "tabpanel" }, list);
  const foot = h("p", { class: "foot", role: "status" });
  const element = h("section", { id: "queue" }, strip, h("div", { class: "field" }, icon(ICONS.search, 16), input), panel, foot);

  const matching = () => {
    const words = input.value.trim().toLowerCase();
    return [...held.cases.values()].filter((one) => matches(one, words));
  };
  const inTab = () => {
    const found = matching().filter((one) => isIn(shown, one));
    return found.sort(shown === "new" ? newestFirst : urgentFirst);
  };
  const show = () => {
    const all = matching();
    for (const [at, name] of TABS.entries()) {
      const count = all.filter((one) => isIn(name, one)).length;
      const tabElement = tabs[at]!;
      tabElement.setAttribute("aria-selected", String(name === shown));
      tabElement.tabIndex = name === shown ? 0 : -1;
      tabElement.replaceChildren(h("span", {}, t(`queue_${name}`)), h("b", {}, held.loading ? "–" : number(count)));
    }
    panel.setAttribute("aria-labelledby", `queue-${shown}`);
    const rows = inTab();
    const focused = list.contains(document.activeElement) ? held.chosen : "";
    const top = panel.scrollTop;
    list.replaceChildren(...rows.slice(0, MOST_ROWS).map((one) => row(one, held, choose)));
    if (rows.length === 0) list.replaceChildren(empty());
    panel.scrollTop = top;
    if (focused) list.querySelector<HTMLElement>(`[data-code="${CSS.escape(focused)}"]`)?.focus();
    foot.textContent = rows.length > MOST_ROWS ? t("queue_more", { n: MOST_ROWS, of: number(rows.length) }) : "";
  };
  const empty = () => {
    if (failure) {
      return h("li", { class: "empty error" }, h("p", {}, failure), h("button", { type: "button", class: "second", onclick: again }, t("retry")));
    }
    return h("li", { class: "empty" }, held.loading ? t("queue_loading") : input.value ? t("search_none", { text: input.value }) : t(`queue_none_${shown}`));
  };
  const tab = (name: Tab) => {
    shown = name;
    panel.scrollTop = 0;
    show();
  };
  strip.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const next = TABS[(TABS.indexOf(shown) + (event.key === "ArrowRight" ? 1 : TABS.length - 1)) % TABS.length]!;
    tab(next);
    tabs[TABS.indexOf(next)]!.focus();
  });
  whenLanguage(() => {
    input.placeholder = t("queue_filter");
    input.setAttribute("aria-label", t("queue_filter"));
    strip.setAttribute("aria-label", t("queue"));
    show();
  });
  return {
    element, show, tab,
    passing: () => {
      const found = matching();
      const chosen = held.cases.get(held.chosen);
      return chosen && !found.includes(chosen) ? [...found, chosen] : found;
    },
    step: (by) => {
      const codes = inTab().slice(0, MOST_ROWS).map(({ code }) => code);
      const next = codes[Math.max(0, Math.min(codes.length - 1, codes.indexOf(held.chosen) + by))];
      if (!next) return;
      choose(next);
      const element = list.querySelector<HTMLElement>(`[data-code="${CSS.escape(next)}"]`);
      element?.focus();
      element?.scrollIntoView({ block: "nearest" });
    },
    search: () => input.focus(),
    failed: (text) => {
      failure = text;
      show();
    },
  };
}

function row(one: Case, held: Held, choose: (code: string) => void): HTMLElement {
  const { used, text } = age(one);
  const late = isLate(one);
  const bar = h("i", { class: "bar", "aria-hidden": "true" }, h("i", {}));
  (bar.firstChild as HTMLElement).style.width = `${Math.round(used * 100)}%`;
  const chosen = one.code === held.chosen;
  const button = h("button", { type: "button", "data-code": one.code, "data-status": one.status, "aria-current": chosen ? "true" : false, onclick: () => choose(one.code) },
    mark(one.status, 18),
    h("span", { class: "what" },
      h("b", {}, one.subclass ?? one.class),
      h("small", {}, one.address ?? one.road ?? one.description ?? one.code)),
    h("span", { class: "state" }, tValue("status", one.status)),
    h("span", { class: "age" }, bar, h("small", {}, text)));
  return h("li", { class: [late && "late", held.fresh.has(one.code) && "fresh", chosen && "chosen"].filter(Boolean).join(" ") }, button);
}

function matches(one: Case, words: string): boolean {
  if (!words) return true;
  return [one.code, one.class, one.subclass, one.address, one.description, one.road].some((text) => text?.toLowerCase().includes(words));
}

function newestFirst(a: Case, b: Case): number {
  return Date.parse(b.reported_at) - Date.parse(a.reported_at) || b.id - a.id;
}

function urgentFirst(a: Case, b: Case): number {
  return (a.due_at ? Date.parse(a.due_at) : Infinity) - (b.due_at ? Date.parse(b.due_at) : Infinity) || newestFirst(b, a) || a.id - b.id;
}
