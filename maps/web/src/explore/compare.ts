// Two periods side by side, class by class, in numbers; their chart stands above.
import { h } from "../dom";
import { picker } from "../figures/panel";
import { number, t, whenLanguage } from "../i18n";
import { change, chosen, whenChosen } from "./chosen";
import type { Compared } from "./chosen";
import type { Counts } from "./counts";

interface Other {
  from: string;
  to: string;
  counts: Counts;
}

const MOST_ROWS = 12;

/** `more` stands below the choice where two periods are compared. */
export function comparison(more: HTMLElement) {
  const pick = picker("filter-compared", (value) => change({ compared: value as Compared }));
  const list = h("div", { class: "compared" });
  const element = h("section", { class: "compare" }, pick.element, more, list);
  let shown: { now: Counts; other: Other | null } | null = null;
  const render = () => {
    pick.fill(t("compare_with"), [["", t("compare_none")], ["before", t("compare_before")], ["year", t("compare_year")]], chosen().compared);
    const dated = Boolean(chosen().from && chosen().to);
    element.querySelector("select")!.disabled = !dated;
    if (!dated) list.replaceChildren(h("p", { class: "note" }, t("compare_needs_period")));
    else list.replaceChildren(...(shown?.other ? rows(shown.now, shown.other) : []));
  };
  whenLanguage(render);
  whenChosen(render);
  return {
    element,
    show(now: Counts, other: Other | null) {
      shown = { now, other };
      render();
    },
  };
}

function rows(now: Counts, { from, to, counts }: Other): HTMLElement[] {
  const before = new Map(counts.groups.map(({ key, count }) => [key, count]));
  const after = new Map(now.groups.map(({ key, count }) => [key, count]));
  const keys = [...new Set([...after.keys(), ...before.keys()])]
    .sort((a, b) => (after.get(b) ?? 0) + (before.get(b) ?? 0) - (after.get(a) ?? 0) - (before.get(a) ?? 0));
  const shown = keys.slice(0, MOST_ROWS);
  const row = (name: string, a: number, b: number) => h("tr", {}, h("th", { scope: "row" }, name),
    h("td", {}, number(a)), h("td", {}, number(b)), h("td", { class: "difference" }, signed(a - b)));
  return [
    h("table", {},
      h("caption", {}, t("compare_caption", { from, to })),
      h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col" }, t("compare_now")), h("th", { scope: "col" }, t("compare_then")), h("th", { scope: "col" }, "±"))),
      h("tbody", {}, row(t("all"), now.total.count, counts.total.count), ...shown.map((key) => row(key ?? "", after.get(key) ?? 0, before.get(key) ?? 0)))),
    h("p", { class: "note" }, keys.length > MOST_ROWS ? t("compare_most", { n: MOST_ROWS }) : "", t("compare_map_hint")),
  ];
}

export function signed(value: number): string {
  return value > 0 ? `+${number(value)}` : value < 0 ? `−${number(-value)}` : "0";
}
