// The side of a draft: how even it is, and by tabs its grids, rules, proposals, comparison, replay, comments and steps.
import { find, h } from "../dom";
import { readHash, writeHash } from "../hash";
import { t } from "../i18n";
import { blocksOf } from "./blocks";
import type { Blocks } from "./blocks";
import { chosenPart } from "./chosen";
import type { List } from "./chosen";
import { commentsOf } from "./comments";
import { compareOf } from "./compare";
import type { Around, Desk } from "./desk";
import { evenness } from "./editor";
import type { Evenness } from "./editor";
import { engineOf } from "./engine";
import { findingsPart } from "./findings";
import { statusTag } from "./list";
import { replayOf } from "./replay";
import { gridRows, ORDERS, spreadLine } from "./rows";
import type { Order, Rows } from "./rows";
import { settingsPart } from "./settings";
import * as service from "./service";
import type { Checks, Painted } from "./service";
import { stepsPart } from "./steps";

const TABS = ["grids", "rules", "engine", "blocks", "settings", "compare", "replay", "comments", "steps"] as const;
export type Tab = (typeof TABS)[number];
const CHECK_MS = 350;

export interface Panel {
  render(): void;
  touched(grids: Iterable<number>): void;
  choose(): void;
  saved(): void;
  focus(): void;
  open(tab: Tab): void;
  blocks: Pick<Blocks, "drawn" | "pick">;
  close(): void;
}

export function makePanel(desk: Desk, around: Around, first: Evenness, ask: (send: (version: number) => Promise<Painted>) => void): Panel {
  const { editor } = desk;
  const { leave } = around;
  let [tab, order, list]: [Tab, Order, List] = [TABS.find((one) => one === readHash("tab")) ?? "grids", "code", "beside"];
  let checks: Checks | null = null;
  let checking = new AbortController();
  let due = 0;
  let rows: Rows | null = null;
  const [sums, body, chosen] = [h("dl", { class: "sums" }), h("div", { id: "body", role: "tabpanel" }), h("section", { id: "chosen" })];

  const check = async () => {
    checking.abort();
    const { signal } = (checking = new AbortController());
    try {
      checks = await service.checks(editor.plan.id, signal);
      desk.findings = checks.findings;
      if (!signal.aborted) findings(true);
    } catch (error) {
      if (!signal.aborted) console.warn(error);
    }
  };
  const findings = (fresh: boolean) => {
    if (tab === "rules") body.replaceChildren(...findingsPart(desk, checks, fresh));
    badges();
  };
  const choose = () => {
    rows?.choose();
    if (tab === "blocks") return render();
    if (tab !== "grids") return;
    const focus = document.activeElement?.closest("#chosen") ? (document.activeElement as HTMLElement) : null;
    const [id, at] = [focus?.id, focus ? [...chosen.querySelectorAll("#blocks button")].indexOf(focus) : -1];
    chosen.replaceChildren(...chosenPart(desk, list, turn, change));
    if (id) document.getElementById(id)?.focus();
    else if (at >= 0) {
      const buttons = [...chosen.querySelectorAll<HTMLElement>("#blocks button")];
      (buttons[at] ?? buttons.at(-1) ?? chosen.querySelector<HTMLElement>("#which"))?.focus();
    }
  };
  const turn = (wanted: List) => {
    list = wanted;
    choose();
  };
  const { id } = editor.plan;
  const change = {
    rename: (number: number, name: string) => ask((version) => service.changeGrid(id, version, number, { name })),
    staff: (number: number, workers: number) => ask((version) => service.changeGrid(id, version, number, { workers })),
    drop: (number: number) => {
      desk.choose(0);
      ask((version) => service.dropGrid(id, version, number));
    },
  };
  const lock = (number: number) => ask((version) => service.changeGrid(id, version, number, { locked: !editor.grids.get(number)?.locked }));
  const add = () => ask(async (version) => {
    const parent = editor.grids.get(desk.brush)?.parent;
    const painted = await service.addGrid(id, version, parent ? { parent } : {});
    const number = painted.grids[0]?.number;
    if (number) window.setTimeout(() => desk.choose(number));
    return painted;
  });
  const discard = async () => {
    await service.discard(id, editor.box.version());
    leave();
  };
  const again = (one: Tab) => () => {
    if (tab === one) render();
    badges();
  };
  const engine = engineOf(desk, around.district.systems, again("engine"), ask);
  const compare = compareOf(desk, around.plans, around.district, around.declared);
  const replay = replayOf(desk, again("replay"));
  const comments = commentsOf(desk, again("comments"));
  const blocks = blocksOf(desk, around, again("blocks"));
  const badges = () => {
    for (const [one, count] of [["rules", checks?.hard ?? 0], ["engine", engine.open()], ["comments", comments.open()]] as const) {
      const badge = document.querySelector(`#tab-${one} b`);
      if (badge) badge.textContent = count ? String(count) : "";
    }
  };
  const open = (one: Tab) => {
    if (tab === one) return;
    tab = one;
    writeHash("tab", tab === "grids" ? null : tab);
    render();
  };
  const head = () => h("div", { class: "card step head" },
    h("div", { class: "title" }, h("button", { type: "button", class: "quiet", id: "leave", "aria-label": t("plans_back"), title: t("plans_back"), onclick: leave }, "←"), h("h2", { title: editor.plan.name }, editor.plan.name), statusTag(editor.plan.status)), sums);
  const tabs = () => h("div", { id: "tabs", role: "tablist" }, ...TABS.map((one) => h("button", {
    type: "button", role: "tab", id: `tab-${one}`, "aria-selected": String(one === tab), "aria-controls": "body", onclick: () => {
      open(one);
      document.getElementById(`tab-${one}`)?.focus();
    },
  }, t(`plans_tab_${one}`), h("b", {}))));
  const gridsPart = (): HTMLElement[] => {
    rows = gridRows(desk, lock);
    rows.fill(order);
    const chooser = h("select", { id: "order", "aria-label": t("plans_order"), onchange: (event) => {
      order = (event.target as HTMLSelectElement).value as Order;
      rows?.fill(order);
    } }, ...ORDERS.map((one) => h("option", { value: one, selected: one === order }, t(`plans_order_${one}`))));
    const tools = h("div", { class: "row-tools" }, chooser, desk.editable() ? h("button", { type: "button", class: "second", id: "add-grid", onclick: add }, t("plans_add_grid")) : null);
    return [tools, rows.element, chosen];
  };
  const render = () => {
    rows = null;
    sums.replaceChildren(...spreadLine(evenness(editor), first));
    const focused = document.activeElement?.closest("#body")?.contains(document.activeElement) ? document.activeElement!.id : "";
    const part = {
      grids: gridsPart, rules: () => findingsPart(desk, checks, true), engine: engine.parts, blocks: blocks.parts, settings: () => settingsPart(desk, ask), compare: compare.parts, replay: replay.parts, comments: comments.parts,
      steps: () => stepsPart(desk, () => void discard()),
    }[tab]();
    body.className = `card step of-${tab}`;
    body.replaceChildren(...part);
    find("#side").replaceChildren(head(), tabs(), body);
    if (tab === "grids") choose();
    badges();
    if (focused) document.getElementById(focused)?.focus();
  };
  void comments.load().catch(() => undefined);
  compare.begin();
  return {
    render, choose, open, blocks,
    touched(grids) {
      rows?.update(grids);
      sums.replaceChildren(...spreadLine(evenness(editor), first));
    },
    saved() {
      findings(false);
      window.clearTimeout(due);
      due = window.setTimeout(() => void check(), CHECK_MS);
    },
    focus() {
      if (tab !== "grids") document.getElementById("tab-grids")?.click();
      rows?.focus();
    },
    close() {
      engine.close();
      blocks.close();
      compare.close();
      replay.close();
      comments.clear();
      checking.abort();
      window.clearTimeout(due);
    },
  };
}
