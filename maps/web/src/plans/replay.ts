// Last year done again on a draft: figures against today's plan, week by week, who gains and who loses.
import { Problem } from "../api";
import type { ReplayFigure, ReplayMove, ReplayTold, ReplayWeeks } from "../answers";
import { h } from "../dom";
import { language, number as say, t } from "../i18n";
import type { Key } from "../i18n";
import type { Desk } from "./desk";
import { replay } from "./service";

const SVG = "http://www.w3.org/2000/svg";
const MOST_ROWS = 6;
// How figures are told: times so much, with so many decimals; the others as they are, with two.
const SHOWN: Record<string, [times: number, digits: number]> = {
  walk_m: [0.001, 0], walk_per_case_m: [1, 0], border_share: [100, 1], busy_weeks: [1, 0], cases_gini: [1, 3], cases_cv: [1, 3],
};

interface Replay {
  parts(): HTMLElement[];
  close(): void;
}

/** The part of a panel that replays the draft of ``desk``; ``again`` has it shown anew. */
export function replayOf(desk: Desk, again: () => void): Replay {
  const { id } = desk.editor.plan;
  let found: ReplayTold | null = null;
  let figure = "busy_weeks";
  let busy = false;
  let closed = false;

  const run = async () => {
    busy = true;
    again();
    try {
      await desk.editor.box.settled();
      found = await replay(id);
    } catch (error) {
      desk.tell(error instanceof Problem ? error.message : t("offline"), true);
      if (!(error instanceof Problem)) console.error(error);
    } finally {
      busy = false;
      if (!closed) again();
    }
  };
  const weeks = (told: ReplayTold): HTMLElement => {
    const chart = h("div", { class: "weeks" });
    const draw = () => chart.replaceChildren(weekly(told, told.weekly.find(({ key }) => key === figure)!));
    const chooser = h("select", { id: "replay-figure", onchange: (event) => {
      figure = (event.target as HTMLSelectElement).value;
      draw();
    } }, ...told.figures.map(({ key }) => h("option", { value: key, selected: key === figure }, name(key))));
    draw();
    return h("section", { class: "replay-part" }, h("div", { class: "field-pair" }, h("label", { for: "replay-figure" }, t("replay_weekly")), chooser), chart);
  };
  return {
    close: () => {
      closed = true;
    },
    parts: () => {
      const report = `/api/plans/${id}/report?lang=${language()}`;
      // What was published has the number of its plan, and does not change.
      const stale = found && ["draft", "submitted", "approved"].includes(found.plan.status) && found.plan.version !== desk.editor.box.version();
      return [
        h("p", { class: "note" }, t("replay_note")),
        h("div", { class: "acts-line" },
          h("button", { type: "button", class: "action", id: "replay", disabled: busy, onclick: () => void run() }, t(busy ? "replay_running" : "replay_run")),
          h("a", { class: "second", id: "replay-report", href: report, download: "" }, t("replay_report"))),
        ...(stale ? [h("p", { class: "warn", role: "status" }, t("replay_stale"))] : []),
        ...(found ? [summary(found), figuresTable(found.figures), weeks(found), ...moves(desk, found), h("p", { class: "note" }, t("replay_how"))] : []),
      ];
    },
  };
}

/** A count, or that it is too small to be shown. */
function few(count: number | null): string {
  return count === null ? "<5" : say(count);
}

function summary({ since, until, total, moved, cases, against }: ReplayTold): HTMLElement {
  const last = new Date(new Date(`${until}T00:00Z`).getTime() - 86_400_000).toISOString().slice(0, 10);
  return h("p", { id: "replayed" }, t("replay_summary", {
    from: since, to: last, cases: say(total.cases), plan: against.name, blocks: say(moved.blocks), moved: few(moved.cases), lighter: few(cases.lighter), heavier: few(cases.heavier),
  }));
}

function name(key: string): string {
  return t(`replay_${key}` as Key);
}

function told(key: string, value: number, signed = false): string {
  const [times, digits] = SHOWN[key] ?? [1, 2];
  const text = Math.abs(value * times).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const sign = /[1-9]/.test(text) ? (value < 0 ? "−" : signed ? "+" : "") : "";
  return sign + text;
}

function figuresTable(figures: ReplayFigure[]): HTMLElement {
  const head = ["replay_figure", "replay_before", "replay_after", "replay_change"] as const;
  return h("div", { class: "scroll replay-figures", tabindex: 0, role: "region", "aria-label": t("replay_figure") }, h("table", {},
    h("thead", {}, h("tr", {}, ...head.map((key, at) => h("th", { scope: "col", class: at ? "n" : "" }, t(key))))),
    h("tbody", {}, ...figures.map(({ key, before, after, low, high, verdict }) => h("tr", { "data-figure": key },
      h("th", { scope: "row" }, name(key)), h("td", { class: "n" }, told(key, before)), h("td", { class: "n" }, told(key, after)),
      h("td", { class: "n" }, h("span", { class: `verdict ${verdict === "better" ? "good" : verdict === "worse" ? "bad" : ""}` }, t(`replay_${verdict}`)),
        h("small", {}, t("replay_span", { low: told(key, low, true), high: told(key, high, true) }))))))));
}

/** A figure week by week: today's plan as a thin line, the draft as a thick one. */
function weekly({ weeks }: ReplayTold, { key, before, after }: ReplayWeeks): HTMLElement {
  const [wide, high] = [340, 96];
  const most = Math.max(...before, ...after, 1e-9);
  const line = (values: number[]) => values.map((value, at) => `${((at + 0.5) * wide) / values.length},${(high - (value / most) * (high - 6)).toFixed(1)}`).join(" ");
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${name(key)}: ${t("replay_before")} ${told(key, mean(before))}, ${t("replay_after")} ${told(key, mean(after))}`);
  for (const [values, kind] of [[before, "before"], [after, "after"]] as const) {
    const drawn = document.createElementNS(SVG, "polyline");
    drawn.setAttribute("points", line(values));
    drawn.setAttribute("class", kind);
    svg.append(drawn);
  }
  const middle = weeks[Math.floor(weeks.length / 2)] ?? "";
  return h("figure", {}, h("figcaption", { class: "key" }, h("span", { class: "before" }, t("replay_before")), h("span", { class: "after" }, t("replay_after")), h("span", {}, t("replay_most", { value: told(key, most) }))),
    svg as unknown as HTMLElement, h("p", { class: "axis" }, h("small", {}, weeks[0] ?? ""), h("small", {}, middle), h("small", {}, weeks.at(-1) ?? "")));
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}

/** Grids that clearly gain or lose, those that change most first. */
function moves(desk: Desk, { grids: rows, weeks }: ReplayTold): HTMLElement[] {
  const apart = ({ was, now }: ReplayMove) => Math.abs((now ?? 0) - (was ?? 0));
  return (["lighter", "heavier"] as const).flatMap((verdict) => {
    const mine = rows.filter((row) => row.verdict === verdict && row.after && row.was !== null).sort((one, other) => apart(other) - apart(one));
    if (!mine.length) return [];
    return [h("section", { class: "replay-part" }, h("h3", {}, t(`replay_${verdict}`, { n: mine.length })), h("ul", { class: "lines", id: `replay-${verdict}` },
      ...mine.slice(0, MOST_ROWS).map(({ after, was, now, weeks_lighter, weeks_heavier }) => h("li", {}, h("button", { type: "button", onclick: () => desk.choose(after!.number, true) },
        h("span", {}, after!.name), h("small", {}, t("replay_weeks", { n: (verdict === "lighter" ? weeks_lighter : weeks_heavier) ?? 0, of: weeks.length })), h("b", {}, `${was!.toFixed(1)} → ${now!.toFixed(1)}`))))))];
  });
}
