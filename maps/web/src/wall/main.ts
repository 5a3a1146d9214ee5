// Starts the wall: a big display that nobody touches. It shows the district, counters, trends and the
// grids with most to do in turn; it follows changes, outlives the service, and holds only what it shows.
import "../css/base.css";
import "../css/wall.css";
import { LngLatBounds, Map as MapLibre } from "maplibre-gl";
import type { GeoJSONSource } from "maplibre-gl";
import "../maplibre";
import * as api from "../api";
import { sourcesOf } from "../draw/sources";
import { duration, find, h } from "../dom";
import { readHash } from "../hash";
import { number, t, tValue, whenLanguage } from "../i18n";
import { openLive } from "../live/client";
import type { Live } from "../live/client";
import { liveSign } from "../live/sign";
import { follow, held, reload } from "../operations/held";
import { now as askNow } from "../operations/service";
import type { Case, Now } from "../operations/service";
import { isLate, mark, span } from "../operations/states";
import { speakBoth } from "../speak";
import { localTime, now, useZone } from "../zone";
import { trendCharts } from "./chart";
import { trends as askTrends } from "./service";
import type { Trends, WorstGrid } from "./service";
import { darkStyle } from "./style";

const TURN_MS = 15_000;
const TRENDS_MS = 60_000;
const COUNT_MS = 900;
const NEWS = 6;
const GRIDS = 8;
// Once a day, at night, the page is loaded anew: what a browser gathers in weeks goes with it.
const ANEW_HOUR = 4;
const OLD_MS = 20 * 3_600_000;

/** What the wall shows at a moment; `turn` is 0 for the whole district, else the grid looked at, counted from 1. */
interface Wall {
  map: MapLibre;
  district: api.District;
  counted: Now | null;
  told: Trends | null;
  turn: number;
  drawTrends: (told: Trends) => void;
}

async function start(): Promise<void> {
  speakBoth();
  const live = openLive(["incidents", "grids", "areas"]);
  const [district, declared] = await Promise.all([api.district(), api.layers(), live.begun]);
  useZone(district.time_zone);
  find("#district").textContent = district.name;
  find(".signs").prepend(liveSign(live));
  const wall: Wall = { map: mapOf(district, declared), district, counted: null, told: null, turn: 0, drawTrends: trendCharts() };
  listenTo(wall, live);
  speak(wall);
  await load(wall);
  wall.map.resize();
  look(wall);
  runClocks(wall, live);
  document.body.dataset["ready"] = "true";
  Object.assign(window, { luge: { map: wall.map, rotate: () => rotate(wall) } });
}

function mapOf(district: api.District, declared: api.Layers): MapLibre {
  const map = new MapLibre({
    container: find("#map"), style: darkStyle(declared), interactive: false, attributionControl: false, fadeDuration: 0,
    bounds: district.bounds ?? [73, 18, 135, 54], fitBoundsOptions: { padding: 40 }, maxTileCacheSize: 200,
  });
  map.on("idle", () => find("#map").setAttribute("aria-busy", "false"));
  map.once("load", () => showMap(map));
  return map;
}

function listenTo(wall: Wall, live: Live): void {
  let timer = 0;
  const soon = () => {
    if (!timer) timer = window.setTimeout(() => {
      timer = 0;
      void count(wall);
    }, COUNT_MS);
  };
  const changed = () => {
    show(wall);
    soon();
  };
  follow(live, { changed, arrived: soon, reload: () => void load(wall) });
  // Ground that changed: its tiles have another address from then on.
  live.listen({
    changes: (changes) => changes.some(({ layer }) => layer !== "incidents") && void redraw(wall.map),
    reset: () => void redraw(wall.map),
    state: (state) => state === "live" && void load(wall),
  });
}

function speak(wall: Wall): void {
  whenLanguage(() => {
    document.title = `${t("wall")} · ${wall.district.name}`;
    find("#here").replaceChildren(h("b", {}, wall.district.name), h("span", {}, t("wall_whole")));
    if (wall.told) wall.drawTrends(wall.told);
    show(wall);
  });
  window.addEventListener("resize", () => {
    look(wall);
    show(wall);
  });
}

function runClocks(wall: Wall, live: Live): void {
  const began = Date.now();
  const tick = () => {
    const time = now();
    find("#clock").textContent = time;
    const old = Date.now() - began > OLD_MS;
    if (old && Number(time.slice(11, 13)) === ANEW_HOUR && live.state() === "live") location.reload();
  };
  tick();
  window.setInterval(tick, 1_000);
  window.setInterval(() => void trend(wall), TRENDS_MS);
  if (!readHash("still")) window.setInterval(() => rotate(wall), TURN_MS);
}

async function load(wall: Wall): Promise<void> {
  await reload().catch(() => undefined);
  await Promise.all([count(wall), trend(wall)]);
}

async function count(wall: Wall): Promise<void> {
  wall.counted = await askNow().catch(() => wall.counted);
  show(wall);
}

/** The moment that the address asks trends to end at, if it is one. */
function until(): string | null {
  const at = readHash("at");
  return at && !Number.isNaN(Date.parse(at)) ? at : null;
}

async function trend(wall: Wall): Promise<void> {
  wall.told = await askTrends(until()).catch(() => wall.told);
  if (wall.told) wall.drawTrends(wall.told);
  show(wall);
}

/** Everything beside the map, and the cases on it. */
function show({ map, counted, told, turn }: Wall): void {
  if (counted) find("#counters").replaceChildren(...counters(counted));
  find("#news ol").replaceChildren(...newest().map(newsLine));
  if (told) showTrends(told, turn);
  for (const list of document.querySelectorAll<HTMLElement>(".side section")) trim(list);
  showMap(map);
}

function showTrends(told: Trends, turn: number): void {
  find("#until").textContent = told.asleep ? t("wall_asleep", { at: localTime(told.until) }) : "";
  find("#worst ol").replaceChildren(...told.grids.slice(0, GRIDS).map((grid, at) => gridLine(grid, at === turn - 1)));
}

function showMap(map: MapLibre): void {
  map.getSource<GeoJSONSource>("cases")?.setData({
    type: "FeatureCollection",
    features: [...held.cases.values()].map((one) => ({
      type: "Feature", geometry: { type: "Point", coordinates: [one.lon, one.lat] },
      properties: { late: isLate(one), fresh: held.fresh.has(one.code) },
    })),
  });
}

/** The map goes to the grid whose turn it is, or to the whole district. */
function look({ map, district, told, turn }: Wall): void {
  const grid = turn ? told?.grids[turn - 1] : undefined;
  const box = grid ? new LngLatBounds([grid.west, grid.south, grid.east, grid.north]) : district.bounds && new LngLatBounds(district.bounds);
  if (box) map.fitBounds(box, { padding: grid ? 60 : 30, duration: duration(2_500), maxZoom: 16 });
}

function rotate(wall: Wall): void {
  const { map, district, told } = wall;
  const grids = told?.grids.slice(0, GRIDS).filter(({ open }) => open > 0) ?? []; // the ones with most come first
  wall.turn = grids.length ? (wall.turn + 1) % (grids.length + 1) : 0;
  const grid = wall.turn ? grids[wall.turn - 1] : undefined;
  for (const id of ["worst", "worst-fill"]) map.setFilter(id, ["==", ["id"], grid?.id ?? -1]);
  look(wall);
  find("#here").replaceChildren(...(grid ? [h("b", {}, grid.name), h("span", {}, gridWords(grid))] : [h("b", {}, district.name), h("span", {}, t("wall_whole"))]));
  show(wall);
}

async function redraw(map: MapLibre): Promise<void> {
  const { layers } = await api.layers();
  for (const layer of layers) {
    for (const [name, { tiles }] of Object.entries(sourcesOf(layer))) {
      const source = map.getSource(name);
      if (source?.type === "vector") (source as unknown as { setTiles: (tiles: string[]) => void }).setTiles(tiles ?? []);
    }
  }
}

/** Take away the last rows that do not fit; half a row tells nothing. */
function trim(section: HTMLElement): void {
  const rows = section.querySelectorAll("li");
  for (let last = rows.length - 1; last > 0 && section.scrollHeight > section.clientHeight + 1; last--) rows[last]!.remove();
}

function newest(): Case[] {
  return [...held.cases.values()].sort((a, b) => Date.parse(b.reported_at) - Date.parse(a.reported_at)).slice(0, NEWS);
}

function counters({ open, late, states, reported_today, closed_today }: Now): HTMLElement[] {
  const of = (...names: string[]) => names.reduce((sum, name) => sum + (states[name] ?? 0), 0);
  const counter = (name: string, value: number, label: string) =>
    h("div", { "data-counter": name }, h("dd", {}, number(value)), h("dt", {}, label));
  return [
    counter("open", open, t("wall_open")),
    counter("late", late, t("queue_late")),
    counter("new", of("reported", "filed"), t("queue_new")),
    counter("work", of("dispatched", "handling"), t("queue_work")),
    counter("check", of("handled"), t("queue_check")),
    counter("today", reported_today, t("wall_today")),
    counter("closed", closed_today, t("wall_closed_today")),
  ];
}

function newsLine(one: Case): HTMLElement {
  return h("li", { class: held.fresh.has(one.code) ? "fresh" : "", "data-code": one.code },
    mark(one.status, 22),
    h("span", { class: "what" }, h("b", {}, one.subclass ?? one.class), h("small", {}, one.address ?? one.road ?? "")),
    h("span", { class: "when" }, tValue("status", one.status), h("small", {}, t("wall_ago", { span: span(Date.now() - Date.parse(one.reported_at)) }))));
}

function gridWords({ open, late, reported }: WorstGrid): string {
  return t("wall_grid", { open: number(open), late: number(late), reported: number(reported) });
}

function gridLine(grid: WorstGrid, here: boolean): HTMLElement {
  const bar = h("i", { "aria-hidden": "true" }, h("i", {}));
  (bar.firstChild as HTMLElement).style.width = `${grid.open ? Math.round((100 * grid.late) / grid.open) : 0}%`;
  return h("li", { class: here ? "here" : "" },
    h("span", { class: "name" }, grid.name), bar, h("b", {}, number(grid.late)), h("small", {}, `/ ${number(grid.open)}`));
}

start().catch((error: unknown) => {
  console.error(error);
  const text = error instanceof api.Problem ? error.message : t("offline");
  find("#cover").replaceChildren(h("div", { class: "failed" }, h("h2", {}, t("failed_page")), h("p", {}, text), h("p", {}, t("wall_again"))));
  // Nobody is there to press a button.
  window.setTimeout(() => location.reload(), 10_000);
});
