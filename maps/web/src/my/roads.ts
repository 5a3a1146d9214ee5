// The roads in walking order, one of them unfolded as a strip.
import { h, icon, ICONS } from "../dom";
import { readHash, writeHash } from "../hash";
import { t } from "../i18n";
import type { NearDoor, Place, Stretch } from "./ground";
import { drawRoad } from "./road";
import type { RoadView } from "./road";
import type { OpenCase, Road, Strip } from "./service";
import { long, roadName } from "./words";

const FRESH_MS = 7 * 86_400_000;

interface RoadsActs {
  door: (near: NearDoor) => void;
  one: (one: OpenCase) => void;
  seen: (code: string) => boolean;
}

interface Roads {
  /** Brings where one is into view. */
  reveal: () => void;
  draw: (strip: Strip, here: Place | null) => HTMLElement;
  update: (patrol: Stretch[], here: Place | null) => void;
}

export function makeRoads(acts: RoadsActs): Roads {
  // The address names the road that is unfolded, counted from 1.
  const named = Number(readHash("road")) - 1;
  let open: number | null = named >= 0 ? named : null;
  let chosen = open !== null;
  let turned = false;
  let view: RoadView | null = null;
  let told: [Stretch[], Place | null] = [[], null];
  let shown: Strip | null = null;
  const list = h("ul", { class: "roads" });

  const fold = (n: number) => {
    open = open === n ? null : n;
    writeHash("road", open === null ? null : String(open + 1));
    chosen = true;
    turned = false;
    render();
    // Its start, which is at the bottom.
    if (open !== null) list.querySelector(".strip")?.scrollIntoView({ block: "end" });
  };
  const render = () => {
    view = null;
    list.replaceChildren(...(shown?.roads ?? []).map((road, n) => {
      const unfolded = n === open;
      if (unfolded) {
        view = drawRoad(road, shown!.cases, turned, { ...acts, turn: () => {
          turned = !turned;
          render();
        } });
      }
      return h("li", {}, head(road, shown!, unfolded, acts.seen, () => fold(n)), unfolded ? view!.element : null);
    }));
    (view as RoadView | null)?.update(...told);
  };
  const reveal = () => list.querySelector(".row.here")?.scrollIntoView({ block: "center" });
  return {
    reveal,
    draw: (strip, here) => {
      shown = strip;
      if (here && !chosen) open = strip.roads.indexOf(here.road);
      render();
      return strip.roads.length ? list : h("p", { class: "none" }, t("my_no_roads"));
    },
    update: (patrol, here) => {
      const before = told[1]?.road;
      told = [patrol, here];
      // Where one has come to is unfolded, until one chooses for oneself.
      if (here && here.road !== before && !chosen && shown && list.isConnected && shown.roads[open ?? -1] !== here.road) {
        open = shown.roads.indexOf(here.road);
        render();
        reveal();
      } else view?.update(...told);
    },
  };
}

function head(road: Road, strip: Strip, unfolded: boolean, seen: (code: string) => boolean, fold: () => void): HTMLElement {
  const sides = road.segments.flatMap((segment) => segment.sides);
  const ids = new Set(road.segments.map(({ id }) => id));
  const cases = strip.cases.filter(({ segment }) => ids.has(segment));
  const late = cases.filter((one) => one.late).length;
  const due = sides.flatMap(({ doors }) => doors).filter((door) => door.due && !seen(door.code!)).length;
  const charged = sum(sides.flatMap(({ charge }) => charge.map(([a, b]) => b - a)));
  const fresh = sum(sides.flatMap(({ passed }) => passed).filter(({ at }) => Date.parse(at) > Date.now() - FRESH_MS).map(({ from_m, to_m }) => to_m - from_m));
  return h("button", { type: "button", class: "road", "aria-expanded": String(unfolded), onclick: fold },
    icon(ICONS.chevron, 18), h("b", {}, roadName(road)),
    h("span", { class: "tags" },
      late ? h("span", { class: "tag late" }, t("my_n_late", { n: late })) : null,
      cases.length > late ? h("span", { class: "tag incident" }, t("my_n_cases", { n: cases.length - late })) : null,
      due ? h("span", { class: "tag merchant" }, t("my_n_due", { n: due })) : null),
    h("small", {}, t("my_road_passed", { done: long(fresh), all: long(charged) })),
    h("meter", { min: 0, max: Math.max(charged, 1), value: fresh, "aria-hidden": "true" }));
}

const sum = (values: number[]) => values.reduce((all, one) => all + one, 0);
