// Starts the planner's page of coverage: figures and lists on the left, both sides of every road on the map.
import "../css/base.css";
import "../css/operations.css";
import "../css/coverage.css";
import "../css/duties.css";
import * as api from "../api";
import { notBegun } from "../begun";
import type { Area, Bounds, Layer } from "../api";
import { find, h, isPhone } from "../dom";
import type { Mode } from "../draw/coverage";
import { keepFresh } from "../fresh";
import { readHash, writeHash } from "../hash";
import { t, tValue, whenLanguage } from "../i18n";
import type { Key } from "../i18n";
import { openLive } from "../live/client";
import { followChanges } from "../live/overlay";
import { liveSign } from "../live/sign";
import { flyTo, makeMap, mark, setVisible, whenStyled } from "../map";
import { speakBoth } from "../speak";
import { today, useZone } from "../zone";
import { assigning } from "./assign";
import { controlList, LISTS } from "./control";
import type { List } from "./control";
import { show } from "./drawn";
import { headline } from "./figures";
import { BY, partsList } from "./parts";
import type { By } from "./parts";
import { readPeople } from "./people";
import { stretchPicker } from "./picker";
import { rotation } from "./rotas";
import * as service from "./service";
import type { Asked } from "./service";
import { legend, MODES, outline, paint } from "./showing";
import { FIRST, spotsList } from "./spots";
import type { First } from "./spots";

const TABS = ["parts", "blind", "control", "assign", "rotas"] as const;
type Tab = (typeof TABS)[number];
const ROLES = ["general", "first", "second", "rota"];
// What the map shows beside coverage; more is on the map page.
const HIDDEN = ["incidents", "merchants", "blocks", "density", "stations"];
const OF_COVERAGE = ["coverage", "segments", "areas"];

interface State {
  tab: Tab;
  by: By;
  first: First;
  list: List;
  mode: Mode;
  asked: Asked;
}

function remembered(): State {
  const one = <T extends string>(name: string, known: readonly T[], otherwise: T): T => {
    const value = readHash(name) as T | null;
    return value && known.includes(value) ? value : otherwise;
  };
  const on = readHash("on") ?? "";
  return {
    tab: one("tab", TABS, "parts"), by: one("by", BY, "community"), first: one("first", FIRST, "metres"),
    list: one("list", LISTS, "chiefs"), mode: one("show", MODES, "both"),
    asked: { area: readHash("area") ?? "", role: one("role", ["", ...ROLES], ""), on: /^\d{4}-\d{2}-\d{2}$/.test(on) ? on : "" },
  };
}

function remember({ tab, by, first, list, mode, asked }: State): void {
  for (const [name, value] of Object.entries({ tab, by, first, list, show: mode, ...asked })) writeHash(name, value || null);
}

async function start(): Promise<void> {
  speakBoth();
  const live = openLive([]);
  const [district, declared, areas] = await Promise.all([api.district(), api.layers(), api.areas(), live.begun]);
  find("#district").textContent = district.name;
  document.body.dataset["page"] = "coverage";
  useZone(district.time_zone);
  const map = makeMap(district, declared);
  if (!readHash("map") && district.bounds) map.fitBounds(district.bounds, { padding: 30, duration: 0 });
  const fresh = keepFresh(map, district, declared);
  followChanges(map, live, fresh);
  const state = remembered();
  const layer = (): Layer => fresh.declared.layers.find(({ key }) => key === "coverage")!;
  let asking = new AbortController();
  const writes = () => state.tab === "assign" || state.tab === "rotas";
  const wanted = () => (state.tab === "rotas" ? rotas.wanted() : assign.wanted());
  const picker = stretchPicker(map, writes, wanted, () => (state.tab === "rotas" ? rotas.ready() : assign.ready()));
  const assign = assigning(picker, today());
  const rotas = rotation(map, picker, today(), () => state.tab === "rotas");

  const head = h("div", { class: "whole", "aria-live": "polite" });
  const body = h("div", { id: "rows", role: "tabpanel", tabindex: "0" });
  const go = (box: Bounds) => {
    mark(map, [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]);
    outline(map, box);
    flyTo(map, box, 17);
    if (isPhone()) find(".stage").scrollIntoView();
  };
  const colour = () => whenStyled(map, () => {
    paint(map, layer(), state.mode);
    legend(layer(), state.mode, Boolean(state.asked.role || state.asked.on));
  });
  const load = async () => {
    asking.abort();
    const { signal } = (asking = new AbortController());
    body.setAttribute("aria-busy", "true");
    try {
      const by = state.tab === "parts" ? state.by : "street";
      const [whole, rows] = await Promise.all([service.summary(state.asked, by, signal), listed(state, signal, areas, go)]);
      head.replaceChildren(headline(whole));
      if (!writes()) body.replaceChildren(chooser(state, change), ...(rows ?? [partsList(whole, state.by, areas, go)]));
    } catch (error) {
      if (signal.aborted) return;
      body.replaceChildren(h("div", { class: "empty error", role: "alert" },
        h("p", {}, error instanceof api.Problem ? error.message : t("offline")), h("button", { type: "button", class: "second", onclick: () => void load() }, t("retry"))));
    }
    body.setAttribute("aria-busy", "false");
    document.body.dataset["ready"] = "true";
  };
  // What is being written stays as it is while figures come anew.
  const open = () => {
    document.body.dataset["tab"] = state.tab;
    if (state.tab !== "rotas") rotas.close();
    if (!writes()) return show(map, null);
    body.replaceChildren(state.tab === "assign" ? assign.element() : rotas.element());
    picker.again();
  };
  const change = (changes: Partial<State>) => {
    Object.assign(state, changes);
    remember(state);
    render();
    colour();
    if ("tab" in changes) open();
    if (!("mode" in changes)) void load();
  };
  const render = () => {
    const focus = document.activeElement?.id;
    find("#modes").replaceChildren(...MODES.map((mode) => modeButton(mode, state, change)));
    find("#panel").replaceChildren(form(state, areas, change), head, tabs(state, change), body);
    if (focus) document.getElementById(focus)?.focus();
  };

  find(".signs").prepend(liveSign(live));
  fresh.when((changed) => {
    if (changed.some((key) => OF_COVERAGE.includes(key))) void load();
  });
  whenLanguage(() => {
    document.title = `${t("coverage")} · ${district.name}`;
    for (const link of document.querySelectorAll<HTMLAnchorElement>("#bar a[href]")) link.hash = readHash("lang") === "en" ? "lang=en" : "";
    render();
    open();
    colour();
    void load();
  });
  void readPeople().catch(() => null);
  map.once("load", () => {
    for (const toggle of HIDDEN) setVisible(map, toggle, false);
    for (const { value } of fresh.declared.layers.find(({ key }) => key === "grids")?.style.swatches ?? []) setVisible(map, `grids:${value}`, false);
    setVisible(map, "coverage", true);
  });
  Object.assign(window, { luge: { map } });
}

/** The rows of the tab that is open; null where they are parts of the summary. */
async function listed(state: State, signal: AbortSignal, areas: Area[], go: (box: Bounds) => void): Promise<HTMLElement[] | null> {
  if (state.tab === "parts" || state.tab === "assign" || state.tab === "rotas") return null;
  if (state.tab === "control") return controlList(await service.control(state.asked, signal), state.list, areas, go);
  const { first } = state;
  const order = first === "compounds" || first === "clusters" || first === "far" ? "metres" : first;
  return spotsList(await service.blind(state.asked, order, signal), state.first, go);
}

type Change = (changes: Partial<State>) => void;

function form({ asked }: State, areas: Area[], change: Change): HTMLElement {
  const put = (name: keyof Asked) => (event: Event) => change({ asked: { ...asked, [name]: (event.target as HTMLInputElement).value } });
  const option = (value: string, text: string, chosen: string) => h("option", { value, selected: value === chosen }, text);
  const shown = areas.filter(({ level }) => level !== "district");
  return h("form", { id: "asked", onsubmit: (event) => event.preventDefault() },
    labelled("coverage_area", h("select", { id: "asked-area", onchange: put("area") }, option("", t("coverage_whole"), asked.area),
      ...shown.map(({ code, name, level }) => option(code, level === "street" ? name : ` ${name}`, asked.area)))),
    labelled("coverage_role", h("select", { id: "asked-role", onchange: put("role") }, option("", t("coverage_all_roles"), asked.role),
      ...ROLES.map((role) => option(role, tValue("role", role), asked.role)))),
    labelled("coverage_on", h("input", { id: "asked-on", type: "date", class: "text", value: asked.on, onchange: put("on") })));
}

function labelled(key: Key, field: HTMLElement): HTMLElement {
  return h("label", {}, h("span", {}, t(key)), field);
}

function tabs({ tab }: State, change: Change): HTMLElement {
  return h("div", { id: "tabs", role: "tablist" }, ...TABS.map((one) =>
    h("button", {
      id: `tab-${one}`, type: "button", role: "tab", "aria-selected": String(one === tab), "aria-controls": "rows", "data-tab": one,
      onclick: () => change({ tab: one }),
    }, t(`coverage_tab_${one}`))));
}

/** What stands above the rows: by what they are divided, which come first, or which list it is. */
function chooser(state: State, change: Change): HTMLElement {
  const select = <T extends string>(id: string, label: Key, values: readonly T[], chosen: T, text: (value: T) => string, put: (value: T) => void) =>
    h("label", { class: "chooser" }, h("span", {}, t(label)),
      h("select", { id, onchange: (event) => put((event.target as HTMLSelectElement).value as T) },
        ...values.map((value) => h("option", { value, selected: value === chosen }, text(value)))));
  if (state.tab === "parts") return select("choose-by", "coverage_by", BY, state.by, (by) => t(`coverage_by_${by}`), (by) => change({ by }));
  if (state.tab === "blind") return select("choose-first", "coverage_first", FIRST, state.first, (first) => t(`coverage_first_${first}`), (first) => change({ first }));
  return select("choose-list", "coverage_list", LISTS, state.list, (list) => t(`coverage_control_${list}`), (list) => change({ list }));
}

function modeButton(mode: Mode, state: State, change: Change): HTMLElement {
  return h("button", { id: `mode-${mode}`, type: "button", role: "radio", "aria-checked": String(mode === state.mode), onclick: () => change({ mode }) }, t(`coverage_mode_${mode}`));
}

start().catch(notBegun("failed_page"));
