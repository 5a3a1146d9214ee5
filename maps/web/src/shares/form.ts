// What a person wishes of a draft.
import { monthOf } from "../days";
import { h } from "../dom";
import { t, tValue, whenLanguage } from "../i18n";
import type { Key } from "../i18n";
import { today } from "../zone";
import type { Wish } from "./service";

const ROLES = ["second", "first", "general"];
const TOLERANCES = [0.02, 0.05, 0.1];

/** The form; `ask` is called with what is wished for. */
export function wishForm(ask: (wish: Wish) => void): HTMLElement {
  const role = h("select", { id: "role" });
  const from = h("input", { id: "from", class: "text", type: "date" });
  from.value = nextMonth();
  const chiefs = h("input", { id: "chiefs", class: "text", type: "number", min: 1, max: 100000, inputmode: "numeric" });
  const tolerance = h("select", { id: "tolerance" });
  const [locks, added, left] = ["locks", "added", "left"].map((id) => h("input", { id, class: "text", type: "text", autocomplete: "off" })) as [HTMLInputElement, HTMLInputElement, HTMLInputElement];
  const everywhere = h("input", { id: "everywhere", type: "checkbox" });
  const go = h("button", { class: "action", type: "submit", id: "propose" });
  const fields = h("div", { class: "fields" });
  const more = h("details", { class: "more-wishes" });
  const form = h("form", { id: "wish", class: "card step", onsubmit: (event) => {
    event.preventDefault();
    ask({
      role: role.value, tolerance: Number(tolerance.value), everywhere: everywhere.checked,
      locks: words(locks.value), added: words(added.value), without: words(left.value),
      ...(from.value && { from: from.value }), ...(chiefs.value && { chiefs: Number(chiefs.value) }),
    });
  } }, fields, more, go);
  whenLanguage(() => {
    const chosen = [role.value || "second", tolerance.value || "0.05"] as const;
    role.replaceChildren(...ROLES.map((value) => h("option", { value, selected: value === chosen[0] }, tValue("role", value))));
    tolerance.replaceChildren(...TOLERANCES.map((value) => h("option", { value, selected: String(value) === chosen[1] }, `± ${Math.round(value * 100)} %`)));
    chiefs.placeholder = t("shares_as_today");
    locks.placeholder = t("shares_locks_hint");
    added.placeholder = left.placeholder = t("shares_codes_hint");
    fields.replaceChildren(field("shares_role", role), field("shares_from", from), field("shares_chiefs", chiefs), field("shares_tolerance", tolerance));
    more.replaceChildren(h("summary", {}, t("shares_more")),
      field("shares_locks", locks), field("shares_added", added), field("shares_without", left),
      h("label", { class: "check" }, everywhere, t("shares_everywhere")));
    go.textContent = t("shares_propose");
  });
  return form;
}

function field(key: Key, input: HTMLElement): HTMLElement {
  return h("div", { class: "field-pair" }, h("label", { for: input.id }, t(key)), input);
}

/** The first day of next month, when shares usually change hands. */
function nextMonth(): string {
  return monthOf(today()).to;
}

function words(text: string): string[] {
  return text.split(/[,，;；、\s]+/).filter(Boolean);
}
