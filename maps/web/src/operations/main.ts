// Starts the operations page: what it is made of, and what leads to what.
import type { Map as MapLibre } from "maplibre-gl";
import "../css/base.css";
import "../css/operations.css";
import * as api from "../api";
import { notBegun } from "../begun";
import { find, h, icon, ICONS, isPhone } from "../dom";
import { keepFresh } from "../fresh";
import { readHash } from "../hash";
import { t, whenLanguage } from "../i18n";
import { openLive } from "../live/client";
import type { Live } from "../live/client";
import { followChanges } from "../live/overlay";
import { liveSign } from "../live/sign";
import { makeMap, mark, setVisible, whenPointed } from "../map";
import { speakBoth } from "../speak";
import { useZone } from "../zone";
import { act } from "./acting";
import { beginFiling, bring, choose, draw, leave, load, render, renew, show } from "./desk";
import type { Desk } from "./desk";
import type { DetailActs } from "./detail";
import { drawCases } from "./drawing";
import { filingForm } from "./filing";
import { held, follow, put } from "./held";
import { makeQueue } from "./queue";
import * as service from "./service";
import type { Case, Kind } from "./service";
import { shortcuts } from "./shortcuts";
import { isIn, TABS } from "./states";

const ACTOR = "luge.actor";
const TICK_MS = 30_000;
// What the map shows beside the queue; more is a switch away on the map page.
const HIDDEN = ["incidents", "merchants", "blocks", "density"];

async function start(): Promise<void> {
  speakBoth();
  const live = openLive([]);
  const [district, declared, kinds] = await Promise.all([api.district(), api.layers(), service.kinds(), live.begun]);
  useZone(district.time_zone);
  find("#district").textContent = district.name;
  document.body.dataset["page"] = "operations";
  const map = mapOf(district, declared);
  followChanges(map, live, keepFresh(map, district, declared));
  rememberActor();
  const desk = makeDesk(map, kinds, district.name);
  find("#list").append(desk.queue.element);
  listenToMap(desk);
  listenToKeys(desk);
  listenToChanges(desk, live);
  speak(desk);
  window.setInterval(() => draw(desk), TICK_MS);
  await load(desk);
  await openFromAddress(desk);
  document.body.dataset["ready"] = "true";
  Object.assign(window, { luge: { map } });
}

function mapOf(district: api.District, declared: api.Layers): MapLibre {
  const map = makeMap(district, declared);
  if (!readHash("map") && district.bounds) map.fitBounds(district.bounds, { padding: 30, duration: 0 });
  map.once("load", () => HIDDEN.forEach((toggle) => setVisible(map, toggle, false)));
  return map;
}

function rememberActor(): void {
  const field = find<HTMLInputElement>("#actor");
  field.value = localStorage.getItem(ACTOR) ?? "";
  field.addEventListener("change", () => localStorage.setItem(ACTOR, field.value.trim()));
}

const actor = () => find<HTMLInputElement>("#actor").value.trim();

function makeDesk(map: MapLibre, kinds: Kind[], name: string): Desk {
  const desk: Desk = {
    map, name, drawing: drawCases(map), shown: null, filing: false, asked: new AbortController(),
    queue: makeQueue(held, { choose: (code) => void choose(desk, code), thinned: () => draw(desk), again: () => void load(desk) }),
    form: filingForm(kinds, {
      close: () => leave(desk), choose: (code) => void choose(desk, code), actor,
      placed: (at) => {
        mark(map, at);
        desk.drawing.spot(at);
      },
      filed: (one) => filed(desk, one),
      fly: (at) => bring(desk, at, 17),
    }),
    acts: actsOf(() => desk),
  };
  return desk;
}

function actsOf(desk: () => Desk): DetailActs {
  return {
    close: () => leave(desk()),
    act: (action) => void act(desk(), action, actor()),
    choose: (code) => void choose(desk(), code),
    go: () => {
      const { shown } = desk();
      if (shown) bring(desk(), [shown.one.lon, shown.one.lat], 17);
    },
    note: (text) => {
      const { shown } = desk();
      if (shown) shown.note = text;
    },
  };
}

function filed(desk: Desk, one: Case): void {
  put(one);
  desk.filing = false;
  held.chosen = one.code;
  desk.queue.tab("new");
  show(desk, one, { kind: "good", text: t("filed_as", { code: one.code }) });
  void choose(desk, one.code);
}

function listenToMap(desk: Desk): void {
  const { map, form, drawing } = desk;
  map.on("click", (event) => {
    if (desk.filing) return form.place(event.lngLat.toArray());
    const code = drawing.at(event.point, isPhone() ? 14 : 6);
    if (code) void choose(desk, code, false);
  });
  whenPointed(map, ({ point }) => {
    map.getCanvas().style.cursor = desk.filing ? "crosshair" : drawing.at(point, 4) ? "pointer" : "";
  });
  map.getCanvas().addEventListener("keydown", ({ key }) => key === "Enter" && desk.filing && form.place(map.getCenter().toArray()));
}

function listenToKeys(desk: Desk): void {
  const { queue, acts } = desk;
  const fresh = () => beginFiling(desk);
  const help = shortcuts({
    next: () => queue.step(1), previous: () => queue.step(-1), fresh, search: queue.search, go: acts.go, leave: acts.close,
    note: () => document.querySelector<HTMLElement>("#note")?.focus(),
    tab: (at) => queue.tab(TABS[at]!), act: acts.act,
  });
  find("#new").addEventListener("click", fresh);
  find("#help").addEventListener("click", help);
}

function listenToChanges(desk: Desk, live: Live): void {
  find("#bar").querySelector(".signs")!.prepend(liveSign(live));
  follow(live, {
    changed: (codes) => {
      draw(desk);
      const { shown } = desk;
      if (shown && codes.has(shown.one.code) && !shown.busy) void renew(desk, shown.one.code).catch(() => undefined);
    },
    arrived: (one) => (find("#news").textContent = t("arrived", { what: one.subclass ?? one.class, where: one.address ?? one.road ?? "" })),
    reload: () => void load(desk),
  });
}

function speak(desk: Desk): void {
  const field = find<HTMLInputElement>("#actor");
  whenLanguage(() => {
    find("#new").replaceChildren(icon(ICONS.plus, 18), h("span", {}, t("filing")), h("kbd", { "aria-hidden": "true" }, "n"));
    field.placeholder = t("actor");
    field.setAttribute("aria-label", t("actor"));
    find("#help").setAttribute("aria-label", t("keys"));
    for (const link of document.querySelectorAll<HTMLAnchorElement>("#bar a[href]")) link.hash = readHash("lang") === "en" ? "lang=en" : "";
    render(desk);
    draw(desk);
  });
}

async function openFromAddress(desk: Desk): Promise<void> {
  const wanted = readHash("case");
  if (!wanted) return;
  await choose(desk, wanted);
  const known = held.cases.get(wanted);
  const tab = known && TABS.find((name) => isIn(name, known));
  if (tab) desk.queue.tab(tab);
}

start().catch(notBegun("failed_page"));
