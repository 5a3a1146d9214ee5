// The place panel: everything the service knows of one place.
import type { Place, RoadPlace } from "./api";
import { codeToCopy as code } from "./code";
import { h } from "./dom";
import { standIn } from "./duty";
import { language, metres, number, t, tValue } from "./i18n";
import type { Thing } from "./thing";
import { thingCard } from "./thing";
import type { Ways } from "./unit/content";

/** What is asked for only once the panel stands. */
interface Nearby {
  units: HTMLElement;
  along: HTMLElement;
}

type Colours = Record<string, string>;

export function placeContent(place: Place, thing: Thing | null, gridColours: Colours, near: Nearby, ways: Ways): HTMLElement[] {
  const known = place.block ?? place.road ?? place.district ?? place.community;
  return [
    heading(place, thing),
    ...(thing ? [thingCard(thing, ways)] : []),
    ...(known
      ? [roadSection(place.road, near, ways), gridSection(place, gridColours, ways), blockSection(place, ways), unitsSection(place, near), stationSection(place, ways)]
      : [h("p", { class: "empty" }, t("outside"))]),
    coordinates(place),
  ].filter((part) => part !== null);
}

function heading(place: Place, thing: Thing | null): HTMLElement {
  const units = [place.street, place.community, place.compound].filter((unit) => unit !== null);
  const road = place.road?.name ?? "";
  const title = thing?.title || road || place.compound?.name || place.community?.name || t("place");
  return h("header", {},
    h("h2", { id: "place-title", tabindex: -1 }, title),
    units.length > 0 && h("p", { class: "path" }, ...units.map(({ name }) => h("span", {}, name))));
}

function section(title: string, className: string, ...children: (Node | string | null | false)[]): HTMLElement {
  return h("section", { class: className }, h("h3", {}, title), ...children);
}

function none(text: string): HTMLElement {
  return h("p", { class: "none" }, text);
}

/** A name that leads to the unit's panel. */
function lead(name: string, go: () => void): HTMLElement {
  return h("button", { type: "button", class: "link strong", onclick: go }, name);
}

/** Every unit of the place with its figures. */
function unitsSection(place: Place, near: Nearby): HTMLElement | null {
  return place.block && section(t("units_here"), "unit-within", near.units);
}

function roadSection(road: RoadPlace | null, near: Nearby, ways: Ways): HTMLElement {
  if (!road) return section(t("road_place"), "road", none(t("no_road")));
  const segment = road.seq === null ? "" : t("segment_no", { n: road.seq });
  const facts = [tValue("class", road.class), segment].filter(Boolean).join(" · ");
  return section(t("road_place"), "road",
    h("p", { class: "lead" }, road.road_id === null ? h("b", {}, t("unnamed_road")) : lead(road.name ?? "", () => ways.unit({ layer: "named_roads", id: road.road_id! })), h("em", {}, t(`side_${road.side}`))),
    h("p", { class: "facts" }, h("button", { type: "button", class: "link", onclick: () => ways.unit({ layer: "segments", id: road.segment_id }) }, facts || t("unit_segment"))),
    ruler(road),
    chiefs(road),
    h("h3", { class: "again" }, t("near_road")),
    near.along);
}

/** The segment as a ruler from start to end, with a mark at the chainage on the side of the place. */
function ruler({ chainage_m, length_m, offset_m, side }: RoadPlace): HTMLElement {
  const mark = h("i", { class: `mark ${side}` });
  mark.style.left = `${Math.min(100, (100 * chainage_m) / length_m)}%`;
  const figure = (name: string, value: number) => h("div", {}, h("dt", {}, name), h("dd", {}, metres(value)));
  return h("div", { class: "ruler" },
    h("div", { class: "axis", "aria-hidden": "true" }, mark),
    h("dl", {}, figure(t("chainage"), chainage_m), figure(t("offset"), offset_m), figure(t("length"), length_m)));
}

function chiefs({ chiefs }: RoadPlace): HTMLElement {
  if (chiefs.length === 0) return h("p", { class: "none warn" }, t("no_chief"));
  return h("ul", { class: "chiefs", "aria-label": t("chiefs") },
    ...chiefs.map((one) => h("li", {},
      h("span", { class: "tag" }, tValue("role", one.role)), h("b", {}, one.name),
      h("span", {}, [one.department, standIn(one)].filter(Boolean).join(" · ")))));
}

function gridSection({ grids }: Place, colours: Colours, ways: Ways): HTMLElement {
  if (grids.length === 0) return section(t("grids"), "grids", none(t("no_grids")));
  return section(t("grids"), "grids", h("ul", {}, ...grids.map((grid) => {
    const system = language() === "en" ? grid.system_name_en : grid.system_name;
    const item = h("li", {},
      h("span", { class: "system" }, system), lead(grid.name, () => ways.unit({ layer: "grids", id: grid.id })), code(grid.code ?? "", system));
    item.style.setProperty("--colour", colours[grid.system] ?? "");
    return item;
  })));
}

function blockSection({ block }: Place, ways: Ways): HTMLElement {
  if (!block) return section(t("block"), "block", none(t("no_block")));
  const figure = (value: number | null, unit: string) =>
    value !== null && h("span", {}, h("b", {}, number(value)), ` ${unit}`);
  return section(t("block"), "block",
    code(block.code, t("block")),
    h("p", { class: "figures" }, figure(block.households, t("households")), figure(block.people, t("people")),
      h("button", { type: "button", class: "link", onclick: () => ways.unit({ layer: "blocks", id: block.id }) }, t("unit_more"))));
}

function stationSection({ station }: Place, ways: Ways): HTMLElement {
  if (!station) return section(t("station"), "station", none(t("no_station")));
  return section(t("station"), "station",
    h("p", { class: "lead" }, lead(station.name, () => ways.unit({ layer: "stations", id: station.id })), h("span", { class: "distance" }, stationWay(station))),
    h("p", { class: "facts" }, [tValue("tier", station.tier), t(station.minutes === null ? "station_straight" : "station_walk")].join(" · ")));
}

/** How far it is on foot, or straight where no way is known. */
function stationWay({ metres: walked, minutes, distance_m }: NonNullable<Place["station"]>): string {
  if (walked !== null && minutes !== null) return t("station_minutes", { n: Math.max(1, Math.round(minutes)), metres: metres(walked) });
  return distance_m === null ? "" : metres(distance_m);
}

function coordinates({ lon, lat }: Place): HTMLElement {
  return h("footer", {}, h("span", {}, t("coordinates")), code(`${lon.toFixed(6)}, ${lat.toFixed(6)}`, t("coordinates")));
}
