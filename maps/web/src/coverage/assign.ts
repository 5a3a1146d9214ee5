// Assigning a stretch: which one, to whom, in which role, from when.
import * as api from "../api";
import { h } from "../dom";
import { metres, t, tValue } from "../i18n";
import { person, personField } from "./people";
import { pair } from "./picker";
import type { Picker } from "./picker";
import type { Wanted } from "./writing";
import * as writing from "./writing";

const ROLES = ["second", "first", "general", "rota", "member"];

/** The form of the tab; `today` is the district's day. */
export function assigning(picker: Picker, today: string) {
  const role = h("select", { id: "assign-role" });
  role.append(...ROLES.map((value) => h("option", { value })));
  const from = h("input", { id: "assign-from", class: "text", type: "date", value: today, required: true });
  const to = h("input", { id: "assign-to", class: "text", type: "date" });
  const chief = personField("assign-chief");
  const go = h("button", { id: "assign-go", type: "submit", class: "action" });
  const said = h("div", { id: "assigned", role: "status" });
  const fields = h("div", { class: "duty-fields" });
  const form = h("form", { id: "assign", class: "duty-form", onsubmit: (event) => { event.preventDefault(); void write(); } });
  const wanted = (): Wanted => ({ role: role.value, from: from.value || today, to: to.value || null });
  const ready = () => {
    const chosen = picker.chosen();
    const some = chosen !== null && chosen.look.free_m >= 0.5;
    go.disabled = !some || !person(chief.value);
    go.textContent = !chosen ? t("assign_go") : !some ? t("assign_none_free") : t(chosen.look.held.length ? "assign_go_free" : "assign_go_metres", { metres: metres(chosen.look.free_m) });
  };
  const write = async () => {
    const chosen = picker.chosen();
    const who = person(chief.value);
    if (!chosen || !who || go.disabled) return;
    go.disabled = true;
    try {
      const asked = wanted();
      const { look, where } = chosen;
      const { duties } = await writing.assign(who.id, look.held.length ? look.free : [where], asked);
      tell(t("assign_done", { metres: metres(look.free_m), name: who.name }), () => void undo(duties, asked.from));
      picker.again();
    } catch (error) {
      said.replaceChildren(h("p", { class: "note warn", role: "alert" }, error instanceof api.Problem ? error.message : t("offline")));
      ready();
    }
  };
  const undo = async (duties: number[], from: string) => {
    await writing.endDuties(duties, from).catch(() => null);
    said.replaceChildren(h("p", { class: "note" }, t("assign_undone")));
    picker.again();
  };
  const tell = (text: string, back: () => void) => said.replaceChildren(
    h("p", { class: "done" }, text, " ", h("button", { type: "button", class: "quiet", id: "assign-undo", onclick: back }, t("assign_undo"))));
  for (const field of [role, from, to]) field.addEventListener("change", () => picker.again());
  chief.addEventListener("input", ready);

  const element = () => {
    for (const option of role.options) option.textContent = tValue("role", option.value);
    chief.placeholder = t("assign_chief_hint");
    fields.replaceChildren(pair("assign_chief", chief), pair("assign_role", role), pair("assign_from", from), pair("assign_to", to));
    form.replaceChildren(fields, go, said);
    ready();
    return h("div", { class: "duty-tab" }, picker.element, form);
  };
  return { element, wanted, ready };
}
