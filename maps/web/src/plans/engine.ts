// The engine is asked for a proposal: for the whole district, an area, or what a lasso holds.
import { Problem } from "../api";
import type { GridSystem } from "../api";
import { h } from "../dom";
import { named, number as say, t } from "../i18n";
import type { Key } from "../i18n";
import type { Desk } from "./desk";
import { evenness } from "./editor";
import type { Evenness } from "./editor";
import { gridName } from "./explain";
import { earlier, leave, waiting } from "./proposals";
import { spreadLine } from "./rows";
import * as service from "./service";
import type { Painted, Proposal, ProposalBrief, Spread, Wish } from "./service";
import { say as inWords } from "../words";

const TASKS = ["rebalance", "redraw", "split", "merge", "add", "drop", "unite"] as const;
type Task = (typeof TASKS)[number];
const TOLERANCES = [0.05, 0.1, 0.2];
const LOOK_MS = 300;

interface Engine {
  parts(): HTMLElement[];
  /** How many proposals there are to look at or to wait for. */
  open(): number;
  close(): void;
}

export function engineOf(desk: Desk, systems: GridSystem[], changed: () => void, ask: (send: (version: number) => Promise<Painted>) => void): Engine {
  const { editor } = desk;
  const { id } = editor.plan;
  let [task, where, tolerance, grids]: [Task, string, number, string] = ["rebalance", "", 0.1, ""];
  let lasso: number[] = [];
  const united = new Set(systems.map(({ code }) => code));
  let now: Proposal | null = null;
  let all: ProposalBrief[] = [];
  let told = "";
  let [watching, closed, shown] = [0, false, false];

  const guarded = async (act: () => Promise<void>) => {
    told = "";
    try {
      await act();
    } catch (error) {
      told = error instanceof Problem ? error.message : t("offline");
      if (!(error instanceof Problem)) console.error(error);
      changed();
    }
  };
  const propose = () => guarded(async () => {
    await editor.box.settled();
    clear();
    now = await service.propose(id, wish());
    changed();
    watch();
  });
  /** What was asked for before the page was opened goes on. */
  const resume = () => guarded(async () => {
    all = await service.proposals(id);
    const found = desk.editable() ? waiting(all, editor.box.version()) : null;
    if (closed || now || !found) return changed();
    await open(found.id);
    if (!document.querySelector("#body.of-engine")) desk.tell(t(found.status === "running" ? "plans_proposal_runs" : "plans_proposal_waits"));
  });
  const open = async (one: number) => {
    clear();
    const found = await service.proposal(id, one);
    if (closed) return;
    now = found;
    if (found.status === "running") watch();
    changed();
  };
  const wish = (): Wish => {
    const blocks = within();
    return {
      task, tolerance, made_by: service.me(), ...(blocks && { blocks }), ...(["split", "drop"].includes(task) && desk.brush && { number: desk.brush }),
      ...(grids && task !== "rebalance" && { grids: Number(grids) }), ...(task === "unite" && { systems: [...united] }),
    };
  };
  const within = (): number[] | null => {
    const { blocks } = editor.ground;
    if (where === "lasso") return lasso.map((place) => blocks[place]!.id);
    return where ? blocks.filter(({ parents }) => parents.includes(where)).map((block) => block.id) : null;
  };
  const watch = () => {
    watching = window.setTimeout(() => void guarded(async () => {
      if (!now) return;
      const found = await service.proposal(id, now.id);
      if (closed || now?.id !== found.id) return;
      now = found;
      if (now.status === "running") watch();
      else {
        all = await service.proposals(id);
        show();
      }
      changed();
    }), LOOK_MS);
  };
  const show = () => {
    shown = true;
    desk.preview(changes());
  };
  const changes = () => (now?.status === "ready" ? now.changed : []).flatMap(([block, , number]): [number, number][] => {
    const place = editor.ground.at.get(block);
    return place === undefined ? [] : [[place, number ?? 0]];
  });
  const clear = () => {
    window.clearTimeout(watching);
    [now, shown] = [null, false];
    desk.preview([]);
  };
  const apply = () => {
    const { id: proposal } = now!;
    clear();
    ask(async (version) => {
      const painted = await service.applyProposal(id, version, proposal);
      all = await service.proposals(id).catch(() => all);
      changed();
      return painted;
    });
    changed();
  };
  const discard = () => {
    leave(now!.id);
    clear();
    changed();
  };
  const choose = (value: string) => {
    where = value;
    if (value !== "lasso") return changed();
    void desk.surround().then((blocks) => {
      lasso = blocks;
      desk.preview([]);
      changed();
    });
  };
  const form = () => h("form", { id: "propose", onsubmit: (event) => {
    event.preventDefault();
    void propose();
  } },
  field("plans_task", select("task", TASKS.filter((one) => one !== "unite" || systems.length > 1).map((one) => [one, t(`plans_task_${one}`)]), task, (value) => {
    task = value as Task;
    changed();
  })),
  h("p", { class: "note" }, t(`plans_task_${task}_note`, { name: gridName(desk, desk.brush) })),
  field("plans_within", select("within", [["", t("plans_everywhere")], ...heavyAreas(desk), ["lasso", lasso.length ? t("plans_within_lasso", { n: say(lasso.length) }) : t("plans_tool_lasso")]], where, choose)),
  h("div", { class: "pair" },
    field("plans_tolerance", select("tolerance", TOLERANCES.map((value) => [String(value), `± ${Math.round(100 * value)} %`]), String(tolerance), (value) => (tolerance = Number(value)))),
    ["redraw", "split", "unite"].includes(task) ? field("plans_how_many", h("input", { id: "how-many", class: "text", type: "number", min: 1, max: 10000, value: grids, placeholder: t("plans_as_now"), onchange: (event) => (grids = (event.target as HTMLInputElement).value) })) : null),
  task === "unite" ? h("fieldset", { class: "united" }, ...systems.map((one) => h("label", { class: "check" }, h("input", { type: "checkbox", checked: united.has(one.code), onchange: (event) => {
    if ((event.target as HTMLInputElement).checked) united.add(one.code);
    else united.delete(one.code);
  } }), named({ zh: one.name, en: one.name_en })))) : null,
  h("button", { class: "action", type: "submit", id: "ask-engine", disabled: now?.status === "running" }, t("plans_ask")));
  void resume();
  return {
    open: () => (now && ["running", "ready"].includes(now.status) ? 1 : 0),
    close() {
      closed = true;
      clear();
    },
    parts() {
      if (now?.status === "ready" && !shown) show();
      return parts();
    },
  };
  function parts(): HTMLElement[] {
    return [
      desk.editable() ? form() : h("p", { class: "empty" }, t("plans_only_drafts")),
      told ? h("p", { class: "warn", role: "alert" }, told) : null,
      now ? outcome(desk, now, { apply, discard, stop: () => void guarded(() => service.stopProposal(id, now!.id)) }) : null,
      ...(desk.editable() ? earlier(all, now?.id, (one) => void guarded(() => open(one))) : []),
    ].filter((part) => part !== null);
  }
}

/** Areas that grids lie in, the most loaded first: what their grids carry against the mean of all. */
function heavyAreas({ editor, areas }: Desk): [string, string][] {
  const held = new Map<string, { load: number; workers: number }>();
  for (const { parent, number, workers } of editor.grids.values()) {
    if (!parent) continue;
    const sums = held.get(parent) ?? { load: 0, workers: 0 };
    held.set(parent, { load: sums.load + (editor.sketch.sums.get(number)?.load ?? 0), workers: sums.workers + Math.max(workers, 1) });
  }
  const { mean } = evenness(editor);
  const share = ({ load, workers }: { load: number; workers: number }) => (mean ? load / workers / mean : 0);
  return [...held].sort(([, a], [, b]) => share(b) - share(a)).map(([code, sums]) => [code, `${areas.get(code)?.name ?? code} · ${Math.round(100 * share(sums))}%`]);
}

interface Acts {
  apply(): void;
  discard(): void;
  stop(): void;
}

function outcome(desk: Desk, proposal: Proposal, { apply, discard, stop }: Acts): HTMLElement {
  if (proposal.status === "running") {
    const share = proposal.total ? (100 * proposal.done) / proposal.total : 0;
    const bar = h("i", {});
    bar.style.width = `${share}%`;
    return h("div", { class: "progress" }, h("div", { class: "bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(share), "aria-label": t("plans_asking") }, bar),
      h("button", { class: "second", type: "button", onclick: stop }, t("plans_stop")));
  }
  if (proposal.status !== "ready") return h("p", { class: "warn", role: "alert" }, proposal.error ? inWords(proposal.error) : t("plans_no_proposal"));
  const changed = proposal.changed;
  const { figures } = proposal;
  const km = (metres: number) => (metres / 1000).toFixed(1);
  return h("section", { id: "proposal" },
    h("h3", {}, t("plans_proposal", { blocks: say(changed.length) })),
    figures ? h("dl", { class: "sums" }, ...spreadLine(evennessOf(desk, figures.after), evennessOf(desk, figures.before))) : null,
    figures ? h("p", { class: "note" }, t("plans_border_km", { before: km(figures.before.border_m), after: km(figures.after.border_m) })) : null,
    figures?.unsolved.length ? h("ul", { class: "unsolved" }, ...figures.unsolved.map(({ area_name, reason: en, reason_zh: zh }) => h("li", {}, [area_name, named({ zh, en })].filter(Boolean).join(t("plans_colon"))))) : null,
    h("p", { class: "note" }, t("plans_proposal_note")),
    h("div", { class: "acts-line" }, h("button", { class: "action", type: "button", id: "apply", disabled: changed.length === 0, onclick: apply }, t("plans_apply")),
      h("button", { class: "second", type: "button", id: "drop-proposal", onclick: discard }, t("plans_drop_proposal"))));
}

function evennessOf(desk: Desk, { mean, max_over_mean, cv, gini }: Spread): Evenness {
  return { mean, most: max_over_mean, cv, gini, unassigned: evenness(desk.editor).unassigned };
}

function select(id: string, options: [string, string][], chosen: string, put: (value: string) => void): HTMLSelectElement {
  return h("select", { id, onchange: (event) => put((event.target as HTMLSelectElement).value) }, ...options.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
}

function field(key: Key, input: HTMLElement): HTMLElement {
  return h("div", { class: "field-pair" }, h("label", { for: input.id }, t(key)), input);
}
