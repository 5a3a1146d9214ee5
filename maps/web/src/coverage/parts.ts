// The parts of the whole: areas, grids, classes, levels, chiefs, each with its bar.
import type { Area, Bounds } from "../api";
import { h } from "../dom";
import { figure, t, tValue } from "../i18n";
import { bar, km } from "./figures";
import type { Part, Summary } from "./service";

export const BY = ["street", "community", "grid", "road", "class", "role", "chief"] as const;
export type By = (typeof BY)[number];

const MOST = 200;

export function partsList({ parts }: Summary, by: By, areas: Area[], go: (box: Bounds) => void): HTMLElement {
  const boxes = new Map(areas.map(({ code, bbox }) => [code, bbox]));
  const order = [...parts].sort((a, b) => (b.side_m ?? b.paper_m) - (a.side_m ?? a.paper_m)).slice(0, MOST);
  return h("ul", { class: "rows" }, ...order.map((part) => {
    const box = boxes.get(part.code);
    return h("li", {}, box ? h("button", { type: "button", "data-code": part.code, onclick: () => go(box) }, ...line(part, by)) : h("div", {}, ...line(part, by)));
  }));
}

function line(part: Part, by: By): HTMLElement[] {
  const shares = `${t("coverage_paper")} ${figure(part.paper_share ?? 0)}% · ${t("coverage_lived")} ${figure(part.lived_share ?? 0)}%`;
  return [
    h("span", { class: "name" }, nameOf(part, by)),
    h("span", { class: "much" }, `${km(by === "role" ? part.paper_m : (part.side_m ?? part.paper_m))} km`),
    bar({ ...part, side_m: part.side_m ?? part.paper_m }),
    h("small", {}, shares),
  ];
}

function nameOf({ code, name }: Part, by: By): string {
  if (by === "road") return name || t("coverage_unnamed");
  if (by === "class" || by === "role") return tValue(by, code);
  return name || t("coverage_none");
}
