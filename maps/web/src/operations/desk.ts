// The desk of one operator: the queue, the map beside it, and the panel of one case or of a new one.
import type { Map as MapLibre } from "maplibre-gl";
import * as api from "../api";
import { duration, find, h } from "../dom";
import { writeHash } from "../hash";
import { t } from "../i18n";
import { mark } from "../map";
import { detail } from "./detail";
import type { DetailActs, Shown } from "./detail";
import type { Drawing } from "./drawing";
import type { Filing } from "./filing";
import { held, put, reload } from "./held";
import type { Queue } from "./queue";
import * as service from "./service";
import type { Case } from "./service";

export interface Desk {
  map: MapLibre;
  drawing: Drawing;
  queue: Queue;
  form: Filing;
  acts: DetailActs;
  /** The district's name. */
  name: string;
  /** The case in the panel; `filing` while a new one is entered instead. */
  shown: Shown | null;
  filing: boolean;
  asked: AbortController;
}

/** The queue and the map as the cases stand now. */
export function draw({ queue, drawing, name }: Desk): void {
  queue.show();
  drawing.show(queue.passing(), held.chosen);
  const count = [...held.cases.values()].filter(({ status }) => status === "reported").length;
  document.title = `${count ? `(${count}) ` : ""}${t("operations")} · ${name}`;
}

/** Read all open cases again. */
export async function load(desk: Desk): Promise<void> {
  try {
    await reload();
    desk.queue.failed("");
  } catch (error) {
    desk.queue.failed(error instanceof api.Problem ? error.message : t("offline"));
  }
  draw(desk);
  if (desk.shown) void renew(desk, desk.shown.one.code).catch(() => undefined);
}

/** The panel as it is to be now; who is writing a note goes on writing. */
export function render({ map, form, acts, shown, filing }: Desk): void {
  const panel = find("#case");
  if (filing) panel.replaceChildren(form.element);
  else if (shown) {
    const typing = document.activeElement?.id === "note";
    panel.replaceChildren(h("div", { class: "content" }, ...detail(shown, acts)));
    if (typing) document.querySelector<HTMLElement>("#note")?.focus();
  }
  panel.hidden = !filing && !shown;
  document.body.classList.toggle("with-case", !panel.hidden);
  map.resize();
}

/** Neither a case nor a new one. */
function clear(desk: Desk): void {
  desk.asked.abort();
  desk.shown = null;
  desk.filing = false;
  held.chosen = "";
  writeHash("case", null);
}

export function leave(desk: Desk): void {
  clear(desk);
  desk.drawing.spot(null);
  mark(desk.map, null);
  desk.map.getCanvas().style.cursor = "";
  render(desk);
  draw(desk);
}

/** Begin a new case. */
export function beginFiling(desk: Desk): void {
  clear(desk);
  desk.filing = true;
  desk.map.getCanvas().style.cursor = "crosshair";
  render(desk);
  draw(desk);
  desk.form.begin();
}

/** Show a case; what was told of the same one stays until the next thing is done. */
export function show(desk: Desk, one: Case, told: Shown["told"] = null): void {
  const same = desk.shown?.one.code === one.code ? desk.shown : null;
  desk.shown = {
    one, place: same?.place ?? null, spot: same?.spot ?? null, busy: same?.busy ?? "", told: told ?? same?.told ?? null,
    note: told?.kind === "good" ? "" : (same?.note ?? ""),
  };
  render(desk);
}

/** The case as it is now; its place and what was there before too, where it is another one. */
export async function renew(desk: Desk, code: string, told: Shown["told"] = null): Promise<void> {
  desk.asked.abort();
  const { signal } = (desk.asked = new AbortController());
  const one = await service.one(code, signal);
  if (held.chosen !== code) return;
  put(one);
  show(desk, one, told);
  draw(desk);
  desk.drawing.spot([one.lon, one.lat]);
  const [place, spot] = await Promise.all([
    api.locate(one.lon, one.lat, signal), service.spot(one.lon, one.lat, one.class, one.code, signal)]);
  if (desk.shown?.one.code !== code) return;
  desk.shown = { ...desk.shown, place, spot };
  render(desk);
}

export async function choose(desk: Desk, code: string, fly = true): Promise<void> {
  desk.filing = false;
  mark(desk.map, null);
  held.chosen = code;
  held.fresh.delete(code);
  writeHash("case", code);
  const known = held.cases.get(code);
  if (known) show(desk, known);
  draw(desk);
  try {
    await renew(desk, code);
    if (fly && desk.shown) bring(desk, [desk.shown.one.lon, desk.shown.one.lat]);
  } catch (error) {
    if (error instanceof DOMException) return;
    const text = error instanceof api.Problem ? error.message : t("offline");
    if (desk.shown) show(desk, desk.shown.one, { kind: "bad", text });
    else find("#news").textContent = text;
  }
}

/** Bring a place onto the map; with `zoom` as close as that at least. */
export function bring({ map }: Desk, at: [number, number], zoom = 0): void {
  if (!zoom && map.getBounds().contains(at) && map.getZoom() >= 14) return;
  map.easeTo({ center: at, zoom: Math.max(zoom, map.getZoom(), 15.5), duration: duration(500) });
}
