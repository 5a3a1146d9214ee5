// Last year's work under a draft, against the plan in force: each figure with how sure its change is.
import { Problem } from "../api";
import { h } from "../dom";
import { figure, number as say, t } from "../i18n";
import type { Key } from "../i18n";
import type { Desk } from "./desk";
import * as service from "./service";
import type { Replay, ReplayFigure } from "./service";

export interface Replaying {
  parts(): HTMLElement[];
}

export function replayOf(desk: Desk, changed: () => void): Replaying {
  let found: Replay | null = null;
  let busy = false;
  const run = async () => {
    busy = true;
    changed();
    try {
      await desk.editor.box.settled();
      found = await service.replay(desk.editor.plan.id);
    } catch (error) {
      desk.tell(error instanceof Problem ? error.message : t("offline"), true);
    }
    busy = false;
    changed();
  };
  return {
    parts: () => [
      h("h3", {}, t("plans_replay")), h("p", { class: "note" }, t("plans_replay_note")),
      h("button", { type: "button", class: "second", id: "replay", disabled: busy, onclick: () => void run() }, t(busy ? "plans_replaying" : "plans_replay_run")),
      ...(found ? outcome(found) : []),
    ],
  };
}

function outcome({ since, until, total, moved, figures, cases }: Replay): HTMLElement[] {
  return [
    h("p", { class: "note" }, t("plans_replayed", { since, until, cases: say(total.cases), moved: say(moved.cases) })),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("plans_replay") }, h("table", { id: "replayed" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, ""), h("th", { scope: "col", class: "n" }, t("plans_then")), h("th", { scope: "col", class: "n" }, t("plans_so")), h("th", { scope: "col" }, ""))),
      h("tbody", {}, ...figures.map(row)))),
    h("p", { class: "note" }, t("plans_lighter", { lighter: say(cases.lighter), heavier: say(cases.heavier) })),
  ];
}

function row({ key, before, after, low, high, verdict }: ReplayFigure): HTMLElement {
  const words = (value: number) => (key.endsWith("share") ? `${(100 * value).toFixed(1)}%` : Math.abs(before) < 100 ? value.toFixed(2) : key === "walk_m" ? `${figure(value / 1000)} km` : figure(value));
  return h("tr", { "data-replay": key, title: t("plans_between", { low: words(low), high: words(high) }) },
    h("th", { scope: "row" }, t(`plans_replay_${key}` as Key)), h("td", { class: "n" }, words(before)), h("td", { class: "n" }, words(after)),
    h("td", {}, h("span", { class: `verdict ${verdict === "same" ? "" : verdict === "better" ? "good" : "bad"}` }, t(`plans_verdict_${verdict}`))));
}
