// Starts the planners' page: plans of a grid system at the side, or one draft at work; the map beside them.
import "../css/base.css";
import "../css/shares.css";
import "../css/plans.css";
import * as api from "../api";
import { notBegun } from "../begun";
import { find, h } from "../dom";
import { readHash, writeHash } from "../hash";
import { t, whenLanguage } from "../i18n";
import { speakBoth } from "../speak";
import { useZone } from "../zone";
import { board as makeBoard } from "./board";
import { planList } from "./list";
import type { After } from "./desk";
import * as service from "./service";
import { work } from "./work";
import type { Work } from "./work";

async function start(): Promise<void> {
  speakBoth();
  const [district, declared, areas] = await Promise.all([api.district(), api.layers(), api.areas()]);
  find("#district").textContent = district.name;
  useZone(district.time_zone);
  const board = await makeBoard(find("#map"), district, declared);
  const byCode = new Map(areas.map((area) => [area.code, area]));
  let system = readHash("system") ?? district.systems[0]?.code ?? "";
  let plans: service.Short[] = [];
  let now: Work | null = null;
  let told = "";

  const side = () => {
    if (now) return now.render();
    find("#side").replaceChildren(...(told ? [h("p", { class: "warn", role: "alert" }, told)] : []),
      ...planList({ systems: district.systems, system, plans, turn, open: (id) => void guarded(() => open(id)), make: (asked) => void guarded(() => make(asked)) }));
  };
  const guarded = async (act: () => Promise<void>) => {
    told = "";
    try {
      await act();
    } catch (error) {
      told = error instanceof api.Problem ? error.message : t("offline");
      if (!(error instanceof api.Problem)) console.error(error);
      side();
    }
  };
  const turn = (wanted: string) => void guarded(async () => {
    system = wanted;
    writeHash("system", system);
    plans = await service.list(system);
    side();
  });
  const make = async ({ name, empty, based_on }: { name: string; empty: boolean; based_on?: number }) =>
    open((await service.make(system, name, { ...(empty && { empty }), ...(based_on && { based_on }), made_by: service.me() })).id);
  const open = async (id: number, after: After | null = null) => {
    document.body.dataset["ready"] = "false";
    now?.close();
    now = null;
    find("#side").replaceChildren(h("p", { class: "card step empty" }, t("plans_opening")));
    const begun = await work(board, id, { district, declared, areas: byCode, plans, after, leave: () => void guarded(leave), reopen: (later) => guarded(() => open(id, later)) });
    now = begun;
    system = begun.desk.editor.plan.system;
    writeHash("plan", String(id));
    document.body.dataset["ready"] = "true";
    Object.assign(window, { luge: { map: board.map, desk: begun.desk } });
  };
  const leave = async () => {
    now?.close();
    now = null;
    for (const name of ["plan", "tab", "grid"]) writeHash(name, null);
    plans = await service.list(system);
    board.clear();
    side();
  };
  plans = await service.list(system);
  const wanted = Number(readHash("plan"));
  if (wanted) await guarded(() => open(wanted));
  whenLanguage(() => {
    document.title = `${t("plans")} · ${district.name}`;
    for (const link of document.querySelectorAll<HTMLAnchorElement>("#bar a[href]")) link.hash = readHash("lang") === "en" ? "lang=en" : "";
    side();
  });
  document.body.dataset["ready"] = "true";
  Object.assign(window, { luge: { map: board.map, desk: (now as Work | null)?.desk } });
}

start().catch(notBegun("failed_page"));
