// Merchants along a frontage, side by side, in the order of their doors.
import { h } from "../dom";
import { metres, t, tValue } from "../i18n";
import type { Door, UnitRef } from "./types";

export function doorsList(doors: Door[], ways: { unit(ref: UnitRef): void }): HTMLElement {
  const sides = (["L", "R"] as const).map((side) => [side, doors.filter((door) => door.side === side)] as const);
  const several = new Set(doors.map(({ seq }) => seq)).size > 1;
  return h("div", { class: "doors" }, ...sides.filter(([, here]) => here.length).map(([side, here]) =>
    h("div", {}, h("h4", {}, t(`side_${side}`), " ", h("span", {}, String(here.length))),
      h("ol", {}, ...here.map((door) => h("li", {}, doorButton(door, several, () => ways.unit({ layer: "merchants", id: door.id }))))))));
}

function doorButton(door: Door, several: boolean, go: () => void): HTMLElement {
  const at = [several && door.seq !== null ? t("segment_no", { n: door.seq }) : "", door.chainage_m === null ? "" : metres(door.chainage_m)];
  return h("button", { type: "button", class: "door", onclick: go },
    h("span", { class: "name" }, door.name),
    door.listed ? h("span", { class: `tag listed-${door.listed}` }, tValue("listed", door.listed)) : null,
    h("span", { class: "at" }, at.filter(Boolean).join(" ")));
}
