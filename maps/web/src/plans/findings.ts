// What the rules find, as the service says it: each with its place and reason.
import { h } from "../dom";
import { number as say, t } from "../i18n";
import type { Desk } from "./desk";
import type { Checks } from "./service";

export function findingsPart(desk: Desk, checks: Checks | null, fresh: boolean): HTMLElement[] {
  if (!checks) return [h("p", { class: "empty" }, t("plans_checking"))];
  const head = h("p", { class: "counts", "aria-busy": String(!fresh) },
    h("b", { class: checks.hard ? "bad" : "good", "data-count": "hard" }, t("plans_hard", { n: say(checks.hard) })), h("span", { "data-count": "soft" }, t("plans_soft", { n: say(checks.soft) })));
  if (checks.findings.length === 0) return [head, h("p", { class: "empty" }, t("plans_all_hold"))];
  return [head, h("ul", { id: "findings", class: "lines findings" }, ...checks.findings.slice(0, 400).map(({ reason, hard, blocks, lon, lat, number }) => {
    const places = blocks.flatMap((id) => desk.editor.ground.at.get(id) ?? []);
    return h("li", {}, h("button", { type: "button", class: hard ? "bad" : "", onfocus: () => desk.point(places), onclick: () => {
      if (number !== null) desk.choose(number);
      if (places.length) desk.board.go(places);
      else if (lon !== null && lat !== null) desk.board.map.easeTo({ center: [lon, lat], zoom: 15 });
      desk.point(places);
    } }, h("span", {}, reason), h("i", { class: "tag" }, t(hard ? "plans_is_hard" : "plans_is_soft"))));
  }))];
}
