// The whole in figures: four shares, the bar of all metres, and what lies along them.
import { h } from "../dom";
import { number, t } from "../i18n";
import type { Key } from "../i18n";
import type { Figures, Summary } from "./service";

export const km = (metres: number) => number(Math.round(metres / 100) / 10);
const percent = (part: number, whole: number) => (whole > 0 ? Math.round((1000 * part) / whole) / 10 : 0);

/** Acted on lately, hollow, blind: these three are all metres of side. */
export function bar(figures: Pick<Figures, "side_m" | "paper_m" | "hollow_m">): HTMLElement {
  const { side_m, paper_m, hollow_m } = figures;
  const parts = { fresh: paper_m - hollow_m, hollow: hollow_m, bare: side_m - paper_m };
  const shares = Object.fromEntries(Object.entries(parts).map(([name, metres]) => [name, percent(metres, side_m)]));
  const element = h("span", { class: "cover", role: "img", "aria-label": t("coverage_bar", shares) });
  for (const [name, share] of Object.entries(shares)) {
    const piece = h("i", { class: name });
    piece.style.width = `${share}%`;
    element.append(piece);
  }
  return element;
}

export function headline({ total, on, reckoned, half_life_days, hollow_days }: Summary): HTMLElement {
  const share = (key: "paper" | "lived" | "hollow" | "bare", metres: number, days = 0) =>
    h("div", { class: key, "data-figure": key },
      h("dt", {}, t(`coverage_${key}`)), h("dd", {}, `${percent(metres, total.side_m).toFixed(1)}%`),
      h("dd", { class: "of" }, t(`coverage_${key}_note`, { days })));
  return h("div", { class: "headline" },
    h("p", { class: "side" }, t("coverage_side", { km: km(total.side_m) })),
    bar(total),
    h("dl", {},
      share("paper", total.paper_m), share("lived", total.lived_m, half_life_days),
      share("hollow", total.hollow_m, hollow_days), share("bare", total.side_m - total.paper_m)),
    counted(total),
    on !== reckoned && h("p", { class: "note" }, t("coverage_reckoned", { day: reckoned })));
}

function counted(total: Figures): HTMLElement {
  const row = (label: Key, ...values: (number | null)[]) =>
    h("tr", {}, h("th", { scope: "row" }, t(label)), ...values.map((value) => h("td", {}, value === null ? "–" : number(Math.round(value)))));
  const head = (key: Key) => h("th", { scope: "col" }, t(key));
  return h("table", {},
    h("thead", {}, h("tr", {}, head("coverage_counted"), head("coverage_number"), head("coverage_with"), head("coverage_lived_short"))),
    h("tbody", {},
      row("coverage_merchants", total.merchants, total.merchants_paper, total.merchants_lived),
      row("coverage_households", total.households, total.households_paper, total.households_lived),
      row("coverage_incidents", total.incidents, total.incidents_paper, total.incidents_lived)));
}
