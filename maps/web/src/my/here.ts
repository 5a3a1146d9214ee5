// The card at the top: where one is, and how far the patrol has come.
import { find, h } from "../dom";
import { t } from "../i18n";
import { lengthOf } from "./ground";
import type { Place } from "./ground";
import type { Position } from "./position";
import type { Strip } from "./service";
import type { Walk } from "./walk";
import { ago, long, placeName } from "./words";

interface Here {
  strip: Strip;
  walk: Walk;
  position: Position;
  place: Place | null;
  /** Whether the service answers, so that what is shown is new. */
  reached: boolean;
}

export function drawHere({ strip, walk, position, place, reached }: Here, locate: () => void): void {
  const fault = { none: "gps_none", refused: "gps_refused", failed: "my_gps_failed" } as const;
  const where = position.fault ? t(fault[position.fault]) : place ? placeName(place) : position.last ? t("my_off_ground") : t("my_where");
  const weak = position.last && position.last.accuracy_m > strip.rules.accurate_m;
  const asked = position.last || position.fault === "none";
  find("#here").replaceChildren(
    h("p", { class: "place", "data-here": place ? String(place.segment.id) : "" }, where,
      position.last ? h("small", { class: weak ? "weak" : "" }, t(weak ? "my_weak" : "my_exact", { m: Math.round(position.last.accuracy_m) })) : null),
    asked ? "" : h("button", { type: "button", class: "second", id: "locate", onclick: locate }, t("my_locate")),
    walk.patrol ? underWay(strip, walk) : last(strip),
    reached ? "" : h("p", { class: "last" }, t("my_as_of", { ago: ago(strip.at) })));
}

function charged({ roads }: Strip): number {
  const stretches = roads.flatMap(({ segments }) => segments.flatMap(({ sides }) => sides.flatMap(({ charge }) => charge)));
  return lengthOf(stretches.map(([from_m, to_m]) => ({ from_m, to_m })));
}

function underWay(strip: Strip, walk: Walk): HTMLElement {
  const [done, all] = [walk.metres, charged(strip)];
  return h("div", { class: "patrol" },
    h("p", {}, h("b", { id: "metres" }, long(done)), h("span", {}, t("my_of", { all: long(all), ago: ago(walk.patrol!.begun_at) }))),
    h("progress", { max: Math.max(all, 1), value: done, "aria-label": t("my_patrol") }));
}

function last({ last_patrol: one, roads }: Strip): HTMLElement {
  const weekly = lengthOf(roads.flatMap(({ segments }) => segments.flatMap(({ sides }) => sides.flatMap(({ passed }) =>
    passed.filter(({ at }) => Date.parse(at) > Date.now() - 7 * 86_400_000)))));
  return h("p", { class: "last" }, one ? t("my_last", { ago: ago(one.begun_at), metres: long(one.metres), week: long(weekly) }) : t("my_no_patrol"));
}
