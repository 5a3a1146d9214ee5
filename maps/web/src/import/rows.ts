// The first rows of the file as a table, each with its verdict; beside it the list of past imports.
import { h } from "../dom";
import { number, t, tValue } from "../i18n";
import { pastTable } from "./past";
import type { Preview, Row } from "./service";
import { isLacking, kindOf } from "./state";
import type { Acts, State } from "./state";
import { notesToShow, say } from "../words";

// The title says it all, and the rest is for the command line.
const SELF_EVIDENT = ["MissingCrs", "NoPlaces"];
const TABS = ["rows", "past"] as const;

export function tablePart(state: State, acts: Acts): HTMLElement[] {
  const tabs = TABS.map((name) => h("button", {
    type: "button", role: "tab", id: `tab-${name}`, "data-key": `tab-${name}`, "aria-controls": "tab-panel",
    "aria-selected": String(state.tab === name), tabindex: state.tab === name ? 0 : -1, onclick: () => acts.tab(name),
  }, t(`tab_${name}`)));
  const strip = h("div", { role: "tablist" }, ...tabs);
  strip.addEventListener("keydown", ({ key }) => {
    if (key !== "ArrowLeft" && key !== "ArrowRight") return;
    const other = state.tab === "rows" ? "past" : "rows";
    acts.tab(other);
    document.querySelector<HTMLElement>(`#tab-${other}`)?.focus();
  });
  const body = h("div", { role: "tabpanel", id: "tab-panel", "aria-labelledby": `tab-${state.tab}`, tabindex: 0 },
    ...(state.tab === "past" ? [pastTable(state, acts)] : preview(state, acts)));
  return [h("div", { class: "table-head" }, strip, state.tab === "rows" && verdict(state)), body];
}

function verdict({ preview, looking }: State): HTMLElement | null {
  if (looking && !preview) return h("p", { class: "verdict" }, t("looking"));
  if (!preview || preview.problem || preview.rows.length === 0) return null;
  const n = number(preview.rows.length);
  if (preview.rejected === 0) return h("p", { class: "verdict fine" }, t(preview.rows.length < 200 ? "verdict_all" : "verdict_fine", { n }));
  return h("p", { class: "verdict bad" }, t("verdict_some", { n, bad: number(preview.rejected) }));
}

function preview(state: State, acts: Acts): (HTMLElement | null)[] {
  const { preview } = state;
  if (!preview) return [h("p", { class: "empty" }, t(state.looking ? "looking" : "no_rows"))];
  return [problem(state, preview), notes(preview), preview.rows.length ? table(state, preview, acts) : null].filter(Boolean);
}

function problem(state: State, { problem }: Preview): HTMLElement | null {
  if (!problem) return null;
  const known = tValue("problem", problem.code);
  const title = known === problem.code ? t("problem_other") : known;
  const lacking = kindOf(state)?.fields.filter((field) => isLacking(state, field)).map(({ name }) => tValue("field", name)) ?? [];
  const detail = problem.code === "MissingField" ? lacking.join(" · ") : SELF_EVIDENT.includes(problem.code) ? "" : say(problem.detail);
  return h("div", { class: "warn problem", role: "alert", "data-code": problem.code }, h("b", {}, title), detail !== "" && h("small", {}, detail));
}

function notes({ notes }: Preview): HTMLElement | null {
  const shown = notesToShow(notes);
  return shown.length ? h("ul", { class: "notes" }, ...shown.map((note) => h("li", {}, note))) : null;
}

function table(state: State, preview: Preview, acts: Acts): HTMLElement {
  const fieldOf = new Map(Object.entries({ ...preview.fields, ...preview.places }).map(([field, column]) => [column, field]));
  const judged = preview.problem === null;
  const heads = preview.columns.map((column) => h("th", { scope: "col" },
    h("span", {}, column), fieldOf.has(column) && h("small", { class: "tag" }, tValue("field", fieldOf.get(column)!))));
  return h("div", { class: "scroll" }, h("table", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("row_no")), judged && h("th", { scope: "col" }, t("verdict")), ...heads)),
    h("tbody", {}, ...preview.rows.map((row) => line(row, judged, preview.columns.length, state, acts)))));
}

function line(row: Row, judged: boolean, width: number, state: State, acts: Acts): HTMLElement {
  const cells = row.cells.length ? row.cells : new Array<string>(width).fill("");
  const bad = row.reason !== "";
  const made = h("tr", {
    class: bad ? "bad" : "", "data-row": row.row, "data-key": `row-${row.row}`, tabindex: row.geometry ? 0 : -1, "aria-selected": String(state.row === row.row),
    onclick: () => acts.row(row.row), onfocus: () => acts.row(row.row),
  },
  h("th", { scope: "row" }, String(row.row)),
  judged && h("td", { class: "reason", title: bad ? say(row.reason) : "" }, bad ? say(row.reason) : t("row_fine")),
  ...cells.map((cell) => h("td", { title: cell }, cell)));
  return made;
}
