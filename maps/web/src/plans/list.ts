// Plans and drafts of a grid system, and a new draft.
import type { GridSystem } from "../api";
import { h } from "../dom";
import { named, number as say, t } from "../i18n";
import { today } from "../zone";
import type { Short } from "./service";

export interface Asked {
  name: string;
  empty: boolean;
  based_on?: number;
}

interface Listing {
  systems: GridSystem[];
  system: string;
  plans: Short[];
  turn(system: string): void;
  open(id: number): void;
  make(asked: Asked): void;
}

export function planList(listing: Listing): HTMLElement[] {
  const { systems, system, plans, turn, open } = listing;
  const chooser = h("select", { id: "system", onchange: (event) => turn((event.target as HTMLSelectElement).value) },
    ...systems.map((one) => h("option", { value: one.code, selected: one.code === system }, named({ zh: one.name, en: one.name_en }))));
  return [
    h("div", { class: "card step" }, h("div", { class: "field-pair" }, h("label", { for: "system" }, t("plans_system")), chooser)),
    newDraft(listing),
    h("section", { class: "card step" }, h("h2", {}, t("plans_all")),
      plans.length ? h("ul", { id: "plans", class: "plans" }, ...plans.map((one) => h("li", {}, planButton(one, open)))) : h("p", { class: "empty" }, t("plans_none"))),
  ];
}

function planButton(plan: Short, open: (id: number) => void): HTMLElement {
  const day = plan.valid_from ? t("plans_from_day", { day: plan.valid_from }) : plan.made_at.slice(0, 10);
  return h("button", { type: "button", "data-plan": plan.id, onclick: () => open(plan.id) },
    h("b", {}, plan.name), statusTag(plan.status),
    h("small", {}, [`#${plan.id}`, day, plan.made_by, t("plans_size", { grids: say(plan.grids), blocks: say(plan.blocks) })].filter(Boolean).join(" · ")));
}

export function statusTag(status: Short["status"]): HTMLElement {
  return h("span", { class: `tag ${status}` }, t(`plans_${status}`));
}

function newDraft({ plans, make }: Listing): HTMLElement {
  const name = h("input", { id: "new-name", class: "text", type: "text", maxlength: 100, required: true, value: t("plans_new_name", { day: today() }) });
  const based = h("select", { id: "new-based" },
    h("option", { value: "" }, t("plans_today")), h("option", { value: "empty" }, t("plans_from_nothing")),
    ...plans.map((one) => h("option", { value: one.id }, `#${one.id} ${one.name}`)));
  return h("form", { id: "new", class: "card step", onsubmit: (event) => {
    event.preventDefault();
    make({ name: name.value, empty: based.value === "empty", ...(Number(based.value) && { based_on: Number(based.value) }) });
  } }, h("h2", {}, t("plans_new")),
  h("div", { class: "pair" },
    h("div", { class: "field-pair" }, h("label", { for: "new-name" }, t("plans_name")), name),
    h("div", { class: "field-pair" }, h("label", { for: "new-based" }, t("plans_based")), based)),
  h("button", { class: "action", type: "submit", id: "begin" }, t("plans_begin")));
}
