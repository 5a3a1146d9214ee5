// A case in three taps: open, what it is, send. Where it is follows from the position, or from the door chosen.
import { h } from "../dom";
import { language, t } from "../i18n";
import type { Language } from "../i18n";
import type { Ground, NearDoor, Place } from "./ground";
import { add, makeItem } from "./outbox";
import type { Side, Strip } from "./service";
import { choices, openSheet } from "./sheet";
import { clock, long, placeName, sideName } from "./words";
import type { Fix } from "./store";

// A position farther from every segment in charge is filed as it is, without a road.
const NEAR_ROAD_M = 60;
const NEAR_SHOP_M = 60;
const SHOPS = 5;

interface Spot {
  lon: number;
  lat: number;
  place: Place | null;
  shop: NearDoor | null;
}

export interface Entering {
  strip: Strip;
  ground: Ground;
  /** Told of every position while the sheet is open; gives the last one at once where there is one. */
  follow: (told: (fix: Fix) => void) => void;
  done: (text: string) => void;
}

/** The sheet for a case; at a door, where one is given. */
export function openFiling({ strip, ground, follow, done }: Entering, door: NearDoor | null = null): void {
  const sheet = openSheet(t("my_file"), "filing");
  let spot: Spot | null = door && atDoor(door);
  let fixed = door !== null;
  let class_ = "";
  let subclass = "";
  let sending = false;
  const note = h("input", { class: "text", id: "note", maxlength: 400, autocomplete: "off", placeholder: t("my_note"), "aria-label": t("my_note") });
  const where = h("div", { class: "where" });
  const what = h("div", { class: "what" });
  const send = h("button", { type: "button", class: "action wide", id: "send", onclick: () => void submit() }, t("my_send"));
  const told = h("p", { class: "told bad", role: "alert", hidden: true });
  sheet.body.append(where, what, note, told, send);

  const drawWhere = () => {
    where.replaceChildren(
      h("p", { class: "place" }, spot ? spotName(spot) : t("my_locating")),
      ...(spot?.place && !spot.shop ? [choices<Side>(["L", "R"], sideName, (side) => side === spot!.place!.side, turn, "sides")] : []),
      ...(spot ? shopChoices(spot) : []));
  };
  const shopChoices = (at: Spot) => {
    const near = ground.shops(at, SHOPS, NEAR_SHOP_M);
    if (!near.length) return [];
    const all: (NearDoor | null)[] = [null, ...near];
    const text = (one: NearDoor | null) => (one ? `${one.door.name} ${long(one.distance_m)}` : t("my_no_shop"));
    return [h("details", {}, h("summary", {}, t("my_change_shop")),
      choices(all, text, (one) => one?.door.code === at.shop?.door.code, (one) => one ? pick(atDoor(one)) : pick({ ...at, shop: null }), "shops"))];
  };
  const pick = (one: Spot) => {
    fixed = true;
    spot = one;
    drawWhere();
  };
  const turn = (side: Side) => {
    if (!spot?.place) return;
    const place = { ...spot.place, side, offset_m: Math.max(spot.place.offset_m, spot.place.segment.width_m / 2) };
    pick({ ...ground.at(place), place, shop: spot.shop });
  };
  const drawWhat = () => {
    const subclasses = strip.classes.find((one) => one.class === class_)?.subclasses ?? [];
    what.replaceChildren(
      choices(strip.classes.map((one) => one.class), (one) => one, (one) => one === class_, (one) => {
        [class_, subclass] = [one, ""];
        drawWhat();
        told.hidden = true;
      }, "classes"),
      ...(subclasses.length ? [choices(subclasses, (one) => one, (one) => one === subclass, (one) => {
        subclass = subclass === one ? "" : one;
        drawWhat();
      }, "subclasses")] : []));
  };
  const say = (text: string) => {
    told.textContent = text;
    told.hidden = false;
  };
  const submit = async () => {
    if (sending) return;
    if (!class_) return say(t("filing_no_class"));
    if (!spot) return say(t("my_no_place"));
    sending = true;
    const about = [subclass || class_, spotName(spot, "zh")].join(" · ");
    const body = {
      class: class_, subclass: subclass || null, description: note.value.trim() || null, address: spotName(spot, "zh"),
      lon: spot.lon, lat: spot.lat, crs: "wgs84", source: t("my_source", {}, "zh"), actor: strip.chief.name,
      note: t("my_found", { time: clock(Date.now()) }, "zh"),
    };
    try {
      await add(makeItem("case", "/api/cases", body, about));
      sheet.close();
      done(t("my_filed"));
    } catch {
      sending = false;
      say(t("my_not_kept"));
    }
  };
  drawWhere();
  drawWhat();
  if (!fixed) follow((fix) => {
    if (fixed || !sheet.element.isConnected) return;
    spot = atFix(fix, ground);
    // Choices that somebody has open stay as they are.
    if (!where.querySelector("details[open]")) drawWhere();
  });
}

const atDoor = (near: NearDoor): Spot => ({ lon: near.door.lon!, lat: near.door.lat!, place: near.place, shop: near });

function atFix(fix: Fix, ground: Ground): Spot {
  const [shop = null] = ground.shops(fix, 1, NEAR_SHOP_M);
  return { lon: fix.lon, lat: fix.lat, place: ground.place(fix, NEAR_ROAD_M), shop };
}

function spotName({ place, shop, lon, lat }: Spot, as: Language = language()): string {
  const at = place ? placeName(place, as) : `${lon.toFixed(5)}, ${lat.toFixed(5)}`;
  return shop ? `${at} · ${t("my_near", { name: shop.door.name }, as)}` : at;
}
