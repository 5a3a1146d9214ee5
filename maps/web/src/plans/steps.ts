// A draft on its way: submitted, approved, sent back, published from a day; and what became of it so far.
import { Problem } from "../api";
import { addDays } from "../days";
import { h } from "../dom";
import { t } from "../i18n";
import { today } from "../zone";
import type { Desk } from "./desk";
import { statusTag } from "./list";
import * as service from "./service";
import type { Finding, Status } from "./service";

type Wanted = Exclude<Status, "superseded">;

const NEXT: Record<Status, Wanted[]> = { draft: ["submitted"], submitted: ["approved", "draft"], approved: ["published", "draft"], published: [], superseded: [] };

export function stepsPart(desk: Desk, discard: () => void): HTMLElement[] {
  const { plan } = desk.editor;
  const toCome = plan.status === "published" && (plan.valid_from ?? "") > today();
  const next = toCome ? (["approved"] as const) : NEXT[plan.status];
  const note = h("input", { id: "step-note", class: "text", type: "text", maxlength: 500 });
  const from = h("input", { id: "step-from", class: "text", type: "date", value: addDays(today(), 1) });
  const name = h("input", { id: "step-me", class: "text", type: "text", maxlength: 60, value: service.me(), onchange: (event) => service.callMe((event.target as HTMLInputElement).value.trim()) });
  const take = async (status: Wanted) => {
    await desk.editor.box.settled();
    try {
      const day = status === "published" && from.value ? { from: from.value } : {};
      await service.step(plan.id, toCome ? "*" : desk.editor.box.version(), { status, note: note.value, ...day });
      await desk.renew();
      desk.tell(t(toCome ? "plans_became_withdrawn" : `plans_became_${status}`));
    } catch (error) {
      desk.tell(error instanceof Problem ? refusal(error) : t("offline"), true);
      if (error instanceof Problem && error.status === 412) await desk.renew();
    }
  };
  const done = h("ol", { class: "done" }, ...plan.steps.map((step) => h("li", {}, statusTag(step.status),
    h("span", {}, new Date(step.at).toLocaleString(document.documentElement.lang)), h("small", {}, [step.made_by, step.note].filter(Boolean).join(" · ")))));
  const form = next.length === 0 ? null : h("form", { id: "steps", onsubmit: (event) => event.preventDefault() },
    field("plans_me", name), field("plans_note", note), next.some((status) => status === "published") ? field("plans_from", from) : null,
    h("div", { class: "acts" }, ...next.map((status) => h("button", {
      type: "button", id: `to-${status}`, class: toCome || status === "draft" ? "second" : "action", onclick: () => void take(status),
    }, t(toCome ? "plans_withdraw" : `plans_to_${status}`))), plan.status === "draft" ? h("button", { class: "second", type: "button", id: "discard", onclick: discard }, t("plans_discard")) : null));
  return [done, form, plan.status === "published" && plan.valid_from ? h("p", { class: "note" }, t(toCome ? "plans_to_come" : "plans_in_force", { day: plan.valid_from })) : null].filter((part) => part !== null);
}

/** Why a step was refused; where rules are broken, the first of them in their own words. */
function refusal(error: Problem): string {
  const findings = (error.said["findings"] as Finding[] | undefined) ?? [];
  return [error.message, ...findings.slice(0, 3).map(({ reason }) => reason)].join(" ");
}

function field(key: "plans_me" | "plans_note" | "plans_from", input: HTMLElement): HTMLElement {
  return h("div", { class: "field-pair" }, h("label", { for: input.id }, t(key)), input);
}
