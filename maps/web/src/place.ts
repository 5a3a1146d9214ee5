// The place panel: everything the service knows of one place.
import type { Place, RoadPlace } from "./api";
import { h, icon, ICONS } from "./dom";
import { language, metres, number, t, tValue } from "./i18n";
import type { Thing } from "./thing";
import { thingCard } from "./thing";

type Colours = Record<string, string>;

export function placeContent(place: Place, thing: Thing | null, gridColours: Colours): HTMLElement[] {
  const known = place.block ?? place.road ?? place.district ?? place.community;
  return [
    heading(place, thing),
    ...(thing ? [thingCard(thing)] : []),
    ...(known
      ? [roadSection(place.road), gridSection(place, gridColours), blockSection(place), stationSection(place)]
      : [h("p", { class: "empty" }, t("outside"))]),
    coordinates(place),
  ];
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

function roadSection(road: RoadPlace | null): HTMLElement {
  if (!road) return section(t("road_place"), "road", none(t("no_road")));
  const segment = road.seq === null ? "" : t("segment_no", { n: road.seq });
  const facts = [tValue("class", road.class), segment].filter(Boolean).join(" · ");
  return section(t("road_place"), "road",
    h("p", { class: "lead" }, h("b", {}, road.name ?? t("unnamed_road")), h("em", {}, t(`side_${road.side}`))),
    h("p", { class: "facts" }, facts),
    ruler(road),
    chiefs(road));
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
    ...chiefs.map(({ role, name, department }) =>
      h("li", {}, h("span", { class: "tag" }, tValue("role", role)), h("b", {}, name), h("span", {}, department ?? ""))));
}

function gridSection({ grids }: Place, colours: Colours): HTMLElement {
  if (grids.length === 0) return section(t("grids"), "grids", none(t("no_grids")));
  return section(t("grids"), "grids", h("ul", {}, ...grids.map((grid) => {
    const system = language() === "en" ? grid.system_name_en : grid.system_name;
    const item = h("li", {},
      h("span", { class: "system" }, system), h("b", {}, grid.name), code(grid.code ?? "", system));
    item.style.setProperty("--colour", colours[grid.system] ?? "");
    return item;
  })));
}

function blockSection({ block }: Place): HTMLElement {
  if (!block) return section(t("block"), "block", none(t("no_block")));
  const figure = (value: number | null, unit: string) =>
    value !== null && h("span", {}, h("b", {}, number(value)), ` ${unit}`);
  return section(t("block"), "block",
    code(block.code, t("block")),
    h("p", { class: "figures" }, figure(block.households, t("households")), figure(block.people, t("people"))));
}

function stationSection({ station }: Place): HTMLElement {
  if (!station) return section(t("station"), "station", none(t("no_station")));
  return section(t("station"), "station",
    h("p", { class: "lead" }, h("b", {}, station.name), h("span", { class: "distance" }, metres(station.distance_m))),
    h("p", { class: "facts" }, tValue("tier", station.tier)));
}

function coordinates({ lon, lat }: Place): HTMLElement {
  return h("footer", {}, h("span", {}, t("coordinates")), code(`${lon.toFixed(6)}, ${lat.toFixed(6)}`, t("coordinates")));
}

/** Browsers give the clipboard to pages on https and this machine only; elsewhere the old way. */
async function copy(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const field = h("textarea", { class: "visually-hidden" });
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** A code that can be copied. */
function code(text: string, what: string): HTMLElement {
  const button = h("button", { type: "button", class: "quiet copy", title: t("copy", { what }), "aria-label": t("copy", { what }) }, icon(ICONS.copy, 16));
  button.addEventListener("click", async () => {
    await copy(text);
    button.replaceChildren(icon(ICONS.done, 16));
    button.setAttribute("aria-label", t("copied"));
    window.setTimeout(() => {
      button.replaceChildren(icon(ICONS.copy, 16));
      button.setAttribute("aria-label", t("copy", { what }));
    }, 1500);
  });
  return h("span", { class: "code" }, h("code", {}, text), button);
}
