// A road as a strip to walk along: ahead is up, so what is on the left hand stands on the left. Rows are in
// walking order for who reads or hears them one by one.
import { h, icon } from "../dom";
import { t, tValue } from "../i18n";
import type { Key } from "../i18n";
import { mark } from "../operations/states";
import { ageOf, drawAxis } from "./axis";
import type { Extent } from "./axis";
import { lengthOf } from "./ground";
import type { NearDoor, Place, Stretch } from "./ground";
import type { Door, OpenCase, Road, Segment, Side } from "./service";
import { long, segmentName, sideName } from "./words";

// Doors of both sides that are no farther apart share a row.
const ROW_M = 10;
const TURN = "M7 4v14M3.500 14.500 7 18l3.500-3.500M17 20V6M13.500 9.500 17 6l3.500 3.500";

interface Mark {
  side: Side;
  chainage_m: number;
  door?: Door;
  one?: OpenCase;
}

interface RoadActs {
  door: (near: NearDoor) => void;
  one: (one: OpenCase) => void;
  turn: () => void;
  /** Whether the shop was looked at, though the service may not know yet. */
  seen: (code: string) => boolean;
}

export interface RoadView {
  element: HTMLElement;
  /** Draws what the patrol has passed, and where one is. */
  update: (patrol: Stretch[], here: Place | null) => void;
}

export function drawRoad(road: Road, cases: OpenCase[], turned: boolean, acts: RoadActs): RoadView {
  const [left, right]: [Side, Side] = turned ? ["R", "L"] : ["L", "R"];
  const rows: { segment: Segment; extent: Extent; axis: HTMLElement; row: HTMLElement }[] = [];
  const inOrder = turned ? [...road.segments].reverse() : road.segments;
  const parts = inOrder.map((segment) => {
    const marks = marksOf(segment, cases);
    const lines = toRows(marks, turned);
    const extents = extentsOf(lines, segment.length_m, turned);
    const list = h("ol", { class: "rows" }, ...lines.map((line, n) => {
      const axis = h("div", { class: "bars" });
      const cell = (side: Side) => h("div", { class: side === left ? "cell left" : "cell right" },
        ...line.filter((one) => one.side === side).map((one) => entry(road, segment, one, acts)));
      const nothing = line.length ? null : h("span", { class: "visually-hidden" }, t("my_no_doors"));
      const row = h("li", { class: "row" }, nothing, cell(left), axis, cell(right));
      rows.push({ segment, extent: extents[n]!, axis, row });
      return row;
    }));
    return h("section", { class: "segment", "data-segment": segment.id }, heading(segment, turned), list);
  });
  // Below the start: that is where one begins to read and to walk.
  const element = h("div", { class: "strip" },
    h("div", { class: "segments" }, ...parts),
    h("div", { class: "sides" }, h("span", {}, sideName(left)),
      h("button", { type: "button", class: "second turn", onclick: acts.turn }, icon(TURN, 18), t("my_turn")), h("span", {}, sideName(right))),
    h("ul", { class: "ages", "aria-label": t("my_passed") }, ...["now", "day", "week", "month", "older"].map((age) =>
      h("li", { class: age }, t(`my_age_${age}` as Key)))));
  const update: RoadView["update"] = (patrol, here) => {
    for (const { segment, extent, axis, row } of rows) {
      axis.replaceChildren(drawAxis(segment, extent, left, patrol));
      const at = here?.segment.id === segment.id && here.chainage_m >= extent.from_m && here.chainage_m <= extent.to_m;
      row.classList.toggle("here", at);
    }
  };
  return { element, update };
}

function heading(segment: Segment, turned: boolean): HTMLElement {
  const [first, last] = [segment.meets_first, segment.meets_last].map((names) => names?.join("、") ?? "");
  const [from, to] = turned ? [last, first] : [first, last];
  const stretch = from && to ? t("my_from_to", { from, to }) : from ? t("my_from", { from }) : to ? t("my_to", { to }) : "";
  return h("h3", {}, h("b", {}, segmentName(segment)), h("span", { class: "way" }, stretch), h("span", { class: "long" }, long(segment.length_m)),
    h("span", { class: "visually-hidden" }, t("my_road_passed", passedOf(segment))));
}

function passedOf({ sides }: Segment): { done: string; all: string } {
  const week = sides.flatMap(({ passed }) => passed.filter(({ at }) => ["day", "week"].includes(ageOf(at))));
  const charge = sides.flatMap((side) => side.charge.map(([from_m, to_m]) => ({ from_m, to_m })));
  return { done: long(lengthOf(week)), all: long(lengthOf(charge)) };
}

function marksOf(segment: Segment, cases: OpenCase[]): Mark[] {
  const doors: Mark[] = segment.sides.flatMap(({ side, doors: all }) => all.map((door) => ({ side, chainage_m: door.chainage_m, door })));
  const open: Mark[] = cases.filter((one) => one.segment === segment.id).map((one) => ({ side: one.side, chainage_m: one.chainage_m, one }));
  return [...doors, ...open];
}

/** Rows in walking order, each with at most one thing a side; one empty row where there is nothing. */
function toRows(marks: Mark[], turned: boolean): Mark[][] {
  const order = [...marks].sort((a, b) => (turned ? b.chainage_m - a.chainage_m : a.chainage_m - b.chainage_m));
  const lines: Mark[][] = [];
  for (const one of order) {
    const last = lines.at(-1);
    const fits = last?.length === 1 && last[0]!.side !== one.side && Math.abs(last[0]!.chainage_m - one.chainage_m) <= ROW_M;
    if (fits) last.push(one);
    else lines.push([one]);
  }
  return lines.length ? lines : [[]];
}

/** Which metres each row stands for: up to half the way to the next row. */
function extentsOf(lines: Mark[][], length: number, turned: boolean): Extent[] {
  const middles = lines.map((line) => line.reduce((sum, { chainage_m }) => sum + chainage_m, 0) / Math.max(line.length, 1));
  const rising = turned ? middles.reverse() : middles;
  const cuts = [0, ...rising.slice(1).map((middle, n) => (middle + rising[n]!) / 2), length];
  const extents = rising.map((_, n) => ({ from_m: cuts[n]!, to_m: cuts[n + 1]! }));
  return turned ? extents.reverse() : extents;
}

function entry(road: Road, segment: Segment, { side, chainage_m, door, one }: Mark, acts: RoadActs): HTMLElement {
  const at = h("small", {}, h("span", { class: "visually-hidden" }, sideName(side)), long(chainage_m));
  if (one) {
    return h("button", { type: "button", class: one.late ? "thing case late" : "thing case", "data-case": one.code, onclick: () => acts.one(one) },
      mark(one.status, 14), h("span", {}, one.subclass ?? one.class), h("em", {}, one.late ? t("late") : tValue("status", one.status)), at);
  }
  if (door!.kind === "compound") return h("p", { class: "thing compound" }, h("span", {}, door!.name), at);
  const due = door!.due && !acts.seen(door!.code!);
  const place: Place = { road, segment, side, chainage_m, offset_m: 0 };
  return h("button", { type: "button", class: due ? "thing shop due" : "thing shop", "data-shop": door!.code!, onclick: () => acts.door({ door: door!, place, distance_m: 0 }) },
    h("span", {}, door!.name), h("em", {}, t(due ? "my_due" : "my_seen")), at);
}
