// Choosing a stretch: drawn on the map, or written as road, from, to and side; what it is and whose.
import type { Map as MapLibre } from "maplibre-gl";
import * as api from "../api";
import { h } from "../dom";
import { metres, t, tValue } from "../i18n";
import type { Key } from "../i18n";
import { flyTo } from "../map";
import { drawing, show } from "./drawn";
import type { Look, Named, Wanted } from "./writing";
import * as writing from "./writing";

const SIDES = ["", "左", "右", "东", "南", "西", "北", "单号", "双号"] as const;

export interface Picker {
  element: HTMLElement;
  /** The stretch, and what is said of it; null where none is chosen. */
  chosen(): { where: Named; look: Look } | null;
  /** Ask again: role or days are others, or duties changed. */
  again(): void;
  clear(): void;
}

/** `wanted` says for which role and days; `change` is called whenever another stretch is there. */
export function stretchPicker(map: MapLibre, active: () => boolean, wanted: () => Wanted, change: () => void): Picker {
  let where: Named | null = null;
  let look: Look | null = null;
  let asking: AbortController | null = null;
  let next: (() => void) | null = null;
  const road = h("input", { id: "pick-road", class: "text", type: "text", list: "pick-roads", autocomplete: "off" });
  const [from, to] = ["pick-from", "pick-to"].map((id) => h("input", { id, class: "text", type: "text", list: "pick-crossings", autocomplete: "off" })) as [HTMLInputElement, HTMLInputElement];
  const side = h("select", { id: "pick-side" });
  const roads = h("datalist", { id: "pick-roads" });
  const crossings = h("datalist", { id: "pick-crossings" });
  const said = h("div", { id: "picked", role: "status" });
  const form = h("form", { class: "words", onsubmit: (event) => { event.preventDefault(); void written(); } });
  const element = h("div", { class: "picker" }, form, said);

  // While one question is under way the newest of the others waits.
  const ask = (asked: Named, after: () => void = () => undefined) => {
    where = asked;
    if (asking) return void (next = () => ask(asked, after));
    asking = new AbortController();
    writing.look([asked], wanted(), asking.signal).then(
      (found) => { look = found; tell(); after(); },
      (error: unknown) => { look = null; tell(error); },
    ).finally(() => {
      asking = null;
      const waiting = next;
      next = null;
      waiting?.();
    });
  };
  const tell = (error?: unknown) => {
    show(map, look, drawn);
    said.replaceChildren(...(error ? [h("p", { class: "note warn" }, error instanceof api.Problem ? error.message : t("offline"))] : look ? facts(look) : []));
    change();
  };
  let drawn = false;
  drawing(map, active, (asked) => { drawn = true; ask(asked); }, () => undefined);
  const written = async () => {
    if (!road.value.trim()) return;
    drawn = false;
    ask({ road: road.value, from: from.value, to: to.value, side: side.value }, () => look && flyTo(map, boxOf(look), 17));
  };
  road.addEventListener("input", () => void suggestRoads(road.value, roads));
  road.addEventListener("change", () => void suggestCrossings(road.value, crossings));
  const words = () => {
    const kept = side.value;
    side.replaceChildren(...SIDES.map((one) => h("option", { value: one }, one ? tValue("pick_side", one) : t("pick_side_both"))));
    side.value = kept;
    from.placeholder = t("pick_from_hint");
    to.placeholder = t("pick_to_hint");
    form.replaceChildren(h("p", { class: "note" }, t("pick_how")),
      pair("pick_road", road), pair("pick_side", side), pair("pick_from", from), pair("pick_to", to),
      h("button", { type: "submit", class: "second", id: "pick-show" }, t("pick_show")), roads, crossings);
    if (look) tell();
  };
  words();
  return {
    get element() { words(); return element; },
    chosen: () => (where && look ? { where, look } : null),
    again: () => where && ask(where),
    clear: () => { where = look = null; tell(); },
  };
}

export function pair(key: Key, input: HTMLElement): HTMLElement {
  return h("div", { class: "field-pair" }, h("label", { for: input.id }, t(key)), input);
}

/** What a stretch is, in words: road, side, metres, and who has them. */
function facts(look: Look): HTMLElement[] {
  const names = [...new Set(look.stretches.map(({ road }) => road || t("coverage_unnamed")))];
  const both = new Set(look.stretches.map((one) => one.side)).size > 1;
  const faces = both ? [t("pick_side_both")] : [...new Set(look.stretches.map((one) => one.faces))].map((one) => tValue("faces", one));
  const segments = new Set(look.stretches.map(({ segment }) => segment)).size;
  return [
    h("p", { class: "what" }, h("b", {}, names.join("、")), ` ${faces.join("、")}`, h("b", { class: "much", "data-metres": look.metres.toFixed(1) }, metres(look.metres))),
    h("p", { class: "note" }, t("pick_segments", { n: segments }), look.held.length === 0 ? ` · ${t("pick_free")}` : ""),
    ...(look.held.length ? [h("ul", { class: "held" }, ...look.held.map((one) => h("li", {}, h("span", {}, one.name), metres(one.metres)))),
      h("p", { class: "note" }, t("pick_held", { free: metres(look.free_m) }))] : []),
  ];
}

export function boxOf(look: Look): api.Bounds {
  const spots = look.stretches.flatMap(({ line }) => line);
  const [x, y] = [spots.map(([lon]) => lon!), spots.map(([, lat]) => lat!)];
  return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
}

async function suggestRoads(text: string, list: HTMLElement): Promise<void> {
  if (!text.trim()) return;
  const found = await api.search(text, new AbortController().signal).catch(() => []);
  list.replaceChildren(...found.filter(({ kind }) => kind === "road").map(({ name }) => h("option", { value: name ?? "" })));
}

async function suggestCrossings(road: string, list: HTMLElement): Promise<void> {
  if (!road.trim()) return;
  const found = await writing.crossings(road).catch(() => null);
  list.replaceChildren(...(found?.crossings ?? []).map(({ name, at_m }) => h("option", { value: name }, `${Math.round(at_m[0] ?? 0)} m`)));
}
