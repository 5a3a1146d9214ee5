// What is near a place: the units it lies in with their figures, and what is close along its road.
import type { Layers, Place } from "../api";
import { Problem } from "../api";
import { h } from "../dom";
import { metres, t, tValue } from "../i18n";
import { unitRows } from "./content";
import type { Ways } from "./content";
import { readUnit } from "./types";
import type { Case, Door, UnitTold } from "./types";

const MOST = 6;

/** Sections of a place that are asked for once its panel stands: `units` and `along` fill themselves. */
export function nearby(place: Place, declared: Layers, ways: Ways, signal: AbortSignal): { units: HTMLElement; along: HTMLElement } {
  const units = h("div", { class: "units-here" });
  const along = h("div", { class: "along" });
  void fill(units, place.block && readUnit({ layer: "blocks", id: place.block.id }, signal), (told) => {
    const own = { layer: "blocks", id: told.id, code: told.code, name: told.code ?? "", detail: null, households: asNumber(told.facts["households"]), incidents: told.counts.all, open: told.counts.open };
    return unitRows([...told.parents, own], declared, ways);
  });
  void fill(along, place.road && readUnit({ layer: "segments", id: place.road.segment_id }, signal), (told) => alongRoad(told, place, ways));
  return { units, along };
}

async function fill(box: HTMLElement, asked: Promise<UnitTold> | null, make: (told: UnitTold) => HTMLElement): Promise<void> {
  if (!asked) return;
  try {
    box.replaceChildren(make(await asked));
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    box.replaceChildren(h("p", { class: "none" }, error instanceof Problem ? error.message : t("offline")));
  }
}

function asNumber(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** The nearest doors along the segment, by metres of chainage; and how many cases are open on it. */
function alongRoad(told: UnitTold, { road }: Place, ways: Ways): HTMLElement {
  const here = road?.chainage_m ?? 0;
  const away = (door: Door) => Math.abs((door.chainage_m ?? 0) - here);
  const doors = [...(told.merchants?.rows ?? [])].sort((a, b) => away(a) - away(b)).slice(0, MOST);
  const open = told.cases.slice(0, 3);
  if (!doors.length && !open.length) return h("p", { class: "none" }, t("near_none"));
  return h("ul", { class: "rows" },
    ...doors.map((door) => h("li", {}, h("button", { type: "button", class: "entry", onclick: () => ways.unit({ layer: "merchants", id: door.id }) },
      h("span", { class: "name" }, door.name), h("span", { class: "kind" }, metres(away(door))),
      h("span", { class: "detail" }, [door.side ? t(`side_${door.side}`) : "", door.category ?? ""].filter(Boolean).join(" · "))))),
    ...open.map((one) => h("li", {}, caseEntry(one, ways))));
}

function caseEntry(one: Case, ways: Ways): HTMLElement {
  return h("button", { type: "button", class: "entry", onclick: () => ways.place([one.lon, one.lat]) },
    h("span", { class: "name" }, one.class), h("span", { class: `tag ${one.late ? "late" : ""}` }, one.late ? t("late") : tValue("status", one.status)),
    h("span", { class: "detail" }, one.address ?? one.code));
}
