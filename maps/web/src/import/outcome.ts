// The last step: dry run or import, how far it is, and what came of it.
import { h, icon, ICONS } from "../dom";
import { number, t } from "../i18n";
import { bar } from "./file";
import type { Job, Summary } from "./service";
import { rejectsUrl } from "./service";
import { isBusy } from "./state";
import type { Acts, State } from "./state";
import { notesToShow, say } from "../words";

export function runStep(state: State, acts: Acts): HTMLElement | null {
  const { job } = state;
  if (!job) return null;
  return h("section", { class: "step card run", "aria-live": "polite" },
    h("h2", {}, t("step_run")),
    isBusy(state) ? progress(state, acts) : job.status === "uploaded" ? null : outcome(job, acts),
    job.kept && !isBusy(state) && buttons(state, acts));
}

function buttons(state: State, acts: Acts): HTMLElement {
  const { job, preview, looking } = state;
  const blocked = looking || !preview || preview.problem !== null;
  const tried = job?.status === "done" && job.options.dry_run === true;
  return h("div", { class: "buttons" },
    h("button", { type: "button", class: "second", "data-key": "dry-run", disabled: blocked, onclick: () => acts.run(true) }, t("dry_run")),
    h("button", { type: "button", class: "action", "data-key": "run", disabled: blocked, onclick: () => acts.run(false) },
      t(tried ? "import_now" : "do_import")));
}

function progress({ job, stopping }: State, acts: Acts): HTMLElement {
  const words = stopping ? t("stopping") : job?.status === "queued" ? t("queued") : say(job?.step ?? "");
  return h("div", { class: "progress" },
    h("p", {}, words),
    bar(job?.done ?? 0, job?.total || 4, words),
    h("button", { type: "button", class: "second", "data-key": "stop", disabled: stopping, onclick: acts.stop }, t("stop")));
}

function outcome(job: Job, acts: Acts): HTMLElement {
  const dry = job.options.dry_run === true;
  const title = job.status === "done" ? (dry ? "result_tried" : "result_done") : job.status === "failed" ? "result_failed" : "result_cancelled";
  return h("div", { class: `outcome ${job.status}${dry ? " dry" : ""}`, "data-status": job.status },
    h("p", { class: "verdict" }, job.status === "done" && icon(ICONS.done, 20), t(title)),
    job.error !== null && h("p", { class: "warn" }, say(job.error)),
    job.summary && counts(job.summary),
    job.summary && reasons(job.summary),
    job.rejects > 0 && h("a", { class: "download", href: rejectsUrl(job.id), download: "" }, t("get_rejects", { n: number(job.rejects) })),
    job.summary && notes(job.summary),
    job.status === "done" && !dry && h("div", { class: "buttons" },
      h("button", { type: "button", class: "second", "data-key": "next", onclick: acts.fresh }, t("import_next")),
      h("a", { class: "action", href: "/" }, t("see_map"))));
}

function counts(summary: Summary): HTMLElement {
  const parts = ["read", "inserted", "updated", "unchanged", "rejected"] as const;
  return h("dl", { class: "counts" }, ...parts.map((part) =>
    h("div", { class: part, "data-count": part, "data-zero": summary[part] === 0 }, h("dt", {}, t(`count_${part}`)), h("dd", {}, number(summary[part])))));
}

function reasons(summary: Summary): HTMLElement | null {
  if (summary.reasons.length === 0) return null;
  return h("ul", { class: "reasons" }, ...summary.reasons.slice(0, 6).map(({ reason, rows }) =>
    h("li", {}, h("span", {}, say(reason)), h("b", {}, t("rows_of", { n: number(rows) })))));
}

function notes(summary: Summary): HTMLElement | null {
  const shown = notesToShow(summary.notes);
  return shown.length ? h("ul", { class: "notes" }, ...shown.map((note) => h("li", {}, note))) : null;
}
