// Proposals that were asked for before, also while the page was closed.
import { h } from "../dom";
import { t } from "../i18n";
import type { ProposalBrief } from "./service";

const MOST = 8;
const REMEMBERED = "luge.proposals.left";

/** What of the list is still of use: under way, or ready on the draft as it is and not left by this browser. */
export function waiting(all: ProposalBrief[], version: number): ProposalBrief | null {
  const [newest] = all;
  if (!newest) return null;
  return newest.status === "running" || (newest.status === "ready" && newest.version === version && !left().includes(newest.id)) ? newest : null;
}

/** Remembers that a proposal is not wanted. */
export function leave(id: number): void {
  localStorage.setItem(REMEMBERED, JSON.stringify([...left(), id].slice(-100)));
}

function left(): number[] {
  const found: unknown = JSON.parse(localStorage.getItem(REMEMBERED) ?? "[]");
  return Array.isArray(found) ? found : [];
}

export function earlier(all: ProposalBrief[], shown: number | undefined, open: (id: number) => void): HTMLElement[] {
  const rest = all.filter(({ id }) => id !== shown).slice(0, MOST);
  if (rest.length === 0) return [];
  return [h("section", { class: "block-part" }, h("h3", {}, t("plans_proposals")), h("ul", { id: "proposals", class: "lines" }, ...rest.map((one) => h("li", {}, line(one, open)))))];
}

function line({ id, task, status, made_at, before, after, error }: ProposalBrief, open: (id: number) => void): HTMLElement {
  const at = new Date(made_at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  const spread = before && after ? t("plans_from_to", { before: before.max_over_mean.toFixed(2), after: after.max_over_mean.toFixed(2) }) : "";
  return h("button", { type: "button", "data-proposal": id, title: error ?? "", disabled: status === "failed", onclick: () => open(id) },
    h("span", {}, t(`plans_task_${task}`)), h("small", {}, at), h("b", {}, [t(`plans_proposal_${status}`), spread].filter(Boolean).join(" · ")));
}
