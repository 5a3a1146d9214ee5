// Who takes turns, in which order, for how long each, from when to when.
import { h, icon, ICONS } from "../dom";
import { t } from "../i18n";
import { byId, person, personField } from "./people";
import { pair } from "./picker";
import type { Rhythm, Unit } from "./writing";

const UNITS: Unit[] = ["day", "week", "month"];

export function rhythmForm(today: string, change: () => void) {
  let chiefs: number[] = [];
  const every = h("input", { id: "rota-every", class: "text", type: "number", min: 1, max: 366, value: 1 });
  const unit = h("select", { id: "rota-unit" });
  const [from, to] = ["rota-from", "rota-to"].map((id) => h("input", { id, class: "text", type: "date", value: today })) as [HTMLInputElement, HTMLInputElement];
  const add = personField("rota-add");
  const members = h("ol", { class: "members" });
  const element = h("div", { class: "rhythm" });
  unit.append(...UNITS.map((value) => h("option", { value })));
  for (const field of [every, unit, from, to]) field.addEventListener("change", change);
  const put = () => {
    const who = person(add.value);
    if (!who) return add.focus();
    chiefs.push(who.id);
    add.value = "";
    list();
    add.focus();
  };
  add.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    put();
  });
  const list = () => {
    members.replaceChildren(...chiefs.map((id, n) => h("li", {}, byId(id),
      h("button", { type: "button", class: "quiet", "aria-label": t("rota_leave_out", { name: byId(id) }), onclick: () => { chiefs.splice(n, 1); list(); } }, icon(ICONS.close, 15)))));
    change();
  };
  return {
    element: () => {
      for (const option of unit.options) option.textContent = t(`unit_${option.value as Unit}`);
      add.placeholder = t("assign_chief_hint");
      list();
      element.replaceChildren(
        h("div", { class: "field-pair across" }, h("label", { for: add.id }, t("rota_members")), members,
          h("div", { class: "adding" }, add, h("button", { type: "button", class: "second", id: "rota-put", onclick: put }, t("rota_put")))),
        pair("rota_turn", every), pair("rota_unit", unit), pair("assign_from", from), pair("rota_until", to));
      return element;
    },
    fill: (wanted: Rhythm) => {
      chiefs = [...wanted.chiefs];
      every.value = String(wanted.every);
      unit.value = wanted.unit;
      from.value = wanted.from;
      to.value = wanted.to;
    },
    value: (): Rhythm => ({ chiefs: [...chiefs], every: Number(every.value) || 1, unit: unit.value as Unit, from: from.value || today, to: to.value || today }),
    complete: () => chiefs.length > 0 && from.value !== "" && to.value > from.value,
  };
}
