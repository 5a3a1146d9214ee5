// How many of each class, and how many in the period compared with; a click wants that class or no more.
import { chart, tip } from "../charts/chart";
import { counts as countsAxis, names, THEN, tooltip } from "../charts/look";
import { h } from "../dom";
import { number, t, whenLanguage } from "../i18n";
import { change, chosen } from "./chosen";
import type { Counts } from "./counts";

const MOST_ROWS = 8;
const ROW_PX = { one: 20, pair: 28 };

interface Row {
  key: string;
  now: number;
  then: number;
}

export function kindsChart() {
  let rows: Row[] = [];
  let paired = false;
  const bars = chart("kinds", { click: ({ dataIndex }) => dataIndex !== undefined && rows[dataIndex] && turn(rows[dataIndex].key) });
  const title = h("h3", {});
  const key = h("p", { class: "now-then" });
  const note = h("p", { class: "note" });
  const table = h("table", {});
  const summary = h("summary", {});
  const details = h("details", { class: "as-table" }, summary, table);
  const element = h("section", { class: "kinds-of" }, title, key, bars.element, note, details);
  const render = () => {
    element.hidden = rows.length === 0;
    title.textContent = t("kinds");
    key.hidden = !paired;
    key.replaceChildren(h("i", { class: "now" }), t("compare_now"), h("i", { class: "then" }), t("compare_then"));
    note.textContent = t("kinds_hint");
    summary.textContent = t("unit_table");
    // Two periods have their table where they are compared.
    details.hidden = paired;
    table.replaceChildren(h("tbody", {}, ...rows.map(({ key, now }) => h("tr", {}, h("th", { scope: "row" }, key), h("td", {}, number(now))))));
    bars.element.style.height = `${rows.length * (paired ? ROW_PX.pair : ROW_PX.one) + 25}px`;
    bars.draw((look) => ({
      grid: { left: 0, right: 10, top: 2, bottom: 3, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
      xAxis: countsAxis(look, number),
      yAxis: { ...names(look, rows.map(({ key }) => key)), inverse: true, axisLabel: { ...look.text, color: look.ink, width: 92, overflow: "truncate" } },
      tooltip: tooltip((at) => {
        const row = rows[(at as unknown as { dataIndex: number }[])[0]!.dataIndex]!;
        return paired ? tip(row.key, [t("compare_now"), number(row.now)], [t("compare_then"), number(row.then)]) : tip(row.key, ["", number(row.now)]);
      }),
      series: [
        { type: "bar", name: t("compare_now"), data: rows.map(({ now }) => now), itemStyle: { color: look.brand, borderRadius: [0, 2, 2, 0] }, barCategoryGap: "28%", barGap: "8%" },
        ...(paired ? [{ type: "bar" as const, name: t("compare_then"), data: rows.map(({ then }) => then), itemStyle: { color: THEN, borderRadius: [0, 2, 2, 0] } }] : []),
      ],
    }), `${t("kinds")}: ${rows.map(({ key, now, then }) => `${key} ${number(now)}${paired ? ` (${t("compare_then")} ${number(then)})` : ""}`).join(", ")}`);
  };
  whenLanguage(render);
  return {
    element,
    show(now: Counts, other: Counts | null) {
      paired = other !== null;
      const before = new Map(other?.groups.map(({ key, count }) => [key, count]));
      const keys = [...new Set([...now.groups, ...(other?.groups ?? [])].map(({ key }) => key))];
      const after = new Map(now.groups.map(({ key, count }) => [key, count]));
      const all = keys.map((key): Row => ({ key: key ?? "", now: after.get(key) ?? 0, then: before.get(key) ?? 0 }));
      rows = all.sort((a, b) => b.now + b.then - a.now - a.then).slice(0, MOST_ROWS);
      render();
    },
  };
}

function turn(key: string): void {
  const { values } = chosen();
  const wanted = values.class.includes(key) ? values.class.filter((one) => one !== key) : [...values.class, key];
  change({ values: { ...values, class: wanted } });
}
