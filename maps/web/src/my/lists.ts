// The lists beside the strip: open cases, shops due, and what was entered here with what became of it.
import { h } from "../dom";
import { t, tValue } from "../i18n";
import { mark, span } from "../operations/states";
import type { Ground, NearDoor, Place } from "./ground";
import type { Outbox } from "./outbox";
import type { OpenCase, Strip } from "./service";
import type { Fix, Item } from "./store";
import { ago, clock, long, placeName } from "./words";

const MOST_SHOPS = 60;

export function placeOf(strip: Strip, { segment: id, side, chainage_m }: OpenCase): Place | null {
  for (const road of strip.roads) for (const segment of road.segments) if (segment.id === id) return { road, segment, side, chainage_m, offset_m: 0 };
  return null;
}

export function drawCases(strip: Strip, choose: (one: OpenCase) => void): HTMLElement {
  if (!strip.cases.length) return h("p", { class: "none" }, t("my_no_cases"));
  return h("ul", { class: "list" }, ...strip.cases.map((one) => {
    const place = placeOf(strip, one);
    return h("li", {}, h("button", { type: "button", class: one.late ? "line late" : "line", "data-case": one.code, onclick: () => choose(one) },
      mark(one.status, 18),
      h("span", { class: "main" }, h("b", {}, one.subclass ?? one.class), h("span", {}, one.address ?? ""), h("small", {}, place ? placeName(place) : "")),
      h("span", { class: "aside" }, h("em", {}, timeOf(one)), h("small", {}, tValue("status", one.status)))));
  }));
}

/** What is left, or how much over; of a case that waits for no more than a check, its age. */
function timeOf({ late, due_at, reported_at }: OpenCase): string {
  const left = due_at === null ? 0 : Date.parse(due_at) - Date.now();
  if (left > 0) return t("time_left", { span: span(left) });
  return late && left < 0 ? t("time_over", { span: span(-left) }) : t("age_of", { span: span(Date.now() - Date.parse(reported_at)) });
}

/** The shops due, the nearest first where one knows where one is, else in walking order. */
export function drawShops(strip: Strip, ground: Ground, here: Fix | null, seen: (code: string) => boolean, choose: (near: NearDoor) => void): HTMLElement {
  const inOrder: NearDoor[] = strip.roads.flatMap((road) => road.segments.flatMap((segment) => segment.sides.flatMap(({ side, doors }) =>
    doors.map((door) => ({ door, distance_m: 0, place: { road, segment, side, chainage_m: door.chainage_m, offset_m: 0 } })))));
  const all = here ? ground.shops(here, Infinity, Infinity) : inOrder;
  const due = all.filter(({ door }) => door.kind === "merchant" && door.due && !seen(door.code!));
  if (!due.length) return h("p", { class: "none" }, t("my_no_shops"));
  return h("div", {}, h("p", { class: "hint" }, t("my_shops_due", { n: due.length })),
    h("ul", { class: "list" }, ...due.slice(0, MOST_SHOPS).map((near) =>
      h("li", {}, h("button", { type: "button", class: "line", "data-shop": near.door.code!, onclick: () => choose(near) },
        h("span", { class: "main" }, h("b", {}, near.door.name), h("span", {}, near.door.category ?? ""), h("small", {}, placeName(near.place))),
        h("span", { class: "aside" }, near.distance_m ? h("em", { class: "far" }, long(near.distance_m)) : null,
          h("small", {}, near.door.visited_at ? ago(near.door.visited_at) : t("my_never"))))))));
}

interface SentActs {
  again: () => void;
  drop: (n: number) => void;
}

export function drawSent({ items, reached }: Outbox, acts: SentActs): HTMLElement {
  const shown = [...items].reverse();
  const other = h("p", { class: "hint" }, h("a", { class: "link finger", href: "/my?chief=" }, t("my_other_chief")));
  if (!shown.length) return h("div", {}, h("p", { class: "none" }, t("my_nothing_entered")), other);
  const refused = items.some(({ state }) => state === "refused");
  const waiting = items.some(({ state }) => state === "waiting");
  return h("div", {},
    waiting ? h("p", { class: "hint" }, t(navigator.onLine && reached ? "my_waiting_hint" : "my_offline_hint")) : null,
    refused ? h("button", { type: "button", class: "second again", onclick: acts.again }, t("my_again")) : null,
    h("ul", { class: "list sent" }, ...shown.map((item) => h("li", { class: `item ${item.state}`, "data-state": item.state, "data-kind": item.kind },
      h("span", { class: "main" }, h("b", {}, t(`my_item_${item.kind}`)), h("span", {}, item.about), h("small", {}, clock(item.made_at))),
      h("span", { class: "aside" }, h("em", {}, t(`my_state_${item.state}`)), item.state === "sent" && item.said ? h("code", {}, item.said) : null),
      item.state === "refused" ? reason(item, acts) : null))),
    other);
}

/** Why it was refused, and what to do about it. */
function reason(item: Item, acts: SentActs): HTMLElement {
  const advice = item.status === 403 ? "my_do_403" : item.status === 404 ? "my_do_404" : item.status === 400 ? "my_do_400" : "my_do_other";
  return h("div", { class: "reason" }, h("p", {}, t("my_refused_because", { why: item.said ?? "" })), h("p", {}, t(advice)),
    h("button", { type: "button", class: "second", onclick: () => acts.drop(item.n!) }, t("my_drop")));
}
