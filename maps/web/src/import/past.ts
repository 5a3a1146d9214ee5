// Imports of before, newest first, read page by page.
import { h } from "../dom";
import { language, number, t, tValue } from "../i18n";
import { rejectsUrl } from "./service";
import type { Job } from "./service";
import type { Acts, State } from "./state";

export function pastTable({ past, next }: State, acts: Acts): HTMLElement {
  if (past.length === 0) return h("p", { class: "empty" }, t("no_past"));
  const heads = [t("past_when"), t("past_file"), t("step_kind"), t("past_result"), ""];
  return h("div", { class: "scroll" },
    h("table", { class: "past" },
      h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, ...past.map((job) => line(job, acts)))),
    next !== null && h("button", { type: "button", class: "second more", "data-key": "more", onclick: acts.more }, t("more")));
}

function line(job: Job, acts: Acts): HTMLElement {
  return h("tr", { "data-job": job.id },
    h("td", { class: "when" }, when(job.made_at)),
    h("td", { class: "file" }, h("button", {
      type: "button", class: "link", "data-key": `open-${job.id}`, "aria-label": t("open_job", { file: job.file }), onclick: () => acts.open(job),
    }, job.file)),
    h("td", {}, tValue("kinds", job.kind)),
    h("td", { class: "result" }, h("span", { class: `tag ${job.status}` }, statusName(job)), " ", figures(job)),
    h("td", { class: "acts" }, job.status !== "running" && job.status !== "queued" && h("button", {
      type: "button", class: "quiet", "data-key": `forget-${job.id}`, "aria-label": t("forget_job", { file: job.file }), onclick: () => acts.forget(job),
    }, t("forget"))));
}

function statusName({ status, options }: Job): string {
  if (status === "failed") return t("failed_import");
  return status === "done" && options.dry_run ? t("tried") : t(status);
}

function figures({ id, summary, rejects }: Job): HTMLElement | string {
  if (!summary) return "";
  const { inserted, updated, unchanged } = summary;
  const parts = ([["inserted", inserted], ["updated", updated], ["unchanged", unchanged]] as const)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${t(`count_${name}`)} ${number(count)}`);
  return h("span", {}, parts.join(" · "), rejects > 0 && parts.length > 0 && " · ",
    rejects > 0 && h("a", { href: rejectsUrl(id), download: "" }, `${t("count_rejected")} ${number(rejects)}`));
}

function when(iso: string): string {
  return new Date(iso).toLocaleString(language() === "zh" ? "zh-CN" : "en-GB", { month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
}
