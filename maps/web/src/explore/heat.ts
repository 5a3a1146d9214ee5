// When incidents are reported: hours of the day by days of the week, as a table with its numbers.
import { h } from "../dom";
import { HEAT } from "../draw/ramps";
import { number, t, whenLanguage } from "../i18n";
import type { Group } from "./counts";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];

export function heatChart() {
  const element = h("section", { class: "heat" });
  let counts = new Map<string, number>();
  const render = () => {
    const most = Math.max(0, ...counts.values());
    element.hidden = most === 0;
    const cell = (day: number, hour: number) => {
      const count = counts.get(`${day}-${String(hour).padStart(2, "0")}`) ?? 0;
      const said = t("heat_cell", { day: t(`weekday_${day}` as "weekday_1"), hour, n: number(count) });
      const one = h("td", { title: said }, h("span", { class: "visually-hidden" }, number(count)));
      one.style.background = count ? HEAT[Math.min(HEAT.length - 1, Math.floor((count / most) * HEAT.length))]! : "var(--wash)";
      return one;
    };
    element.replaceChildren(
      h("h3", { id: "heat-title" }, t("heat")),
      h("table", { "aria-labelledby": "heat-title" },
        h("thead", {}, h("tr", {}, h("td", {}), ...HOURS.map((hour) => h("th", { scope: "col" }, hour % 6 === 0 ? String(hour) : h("span", { class: "visually-hidden" }, String(hour)))))),
        h("tbody", {}, ...WEEKDAYS.map((day) => h("tr", {}, h("th", { scope: "row" }, t(`weekday_${day}` as "weekday_1")), ...HOURS.map((hour) => cell(day, hour)))))),
      h("p", { class: "note" }, t("heat_note", { most: number(most) }), ramp()));
  };
  whenLanguage(render);
  return {
    element,
    show(groups: Group[]) {
      counts = new Map(groups.map(({ key, count }) => [key!, count]));
      render();
    },
  };
}

function ramp(): HTMLElement {
  const strip = h("span", { class: "ramp", "aria-hidden": "true" }, ...HEAT.map(() => h("i", {})));
  [...strip.children].forEach((one, at) => ((one as HTMLElement).style.background = HEAT[at]!));
  return strip;
}
