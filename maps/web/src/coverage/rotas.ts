// Rotations: the list, the form in which one is made or changed, and what is done with one turn.
import type { Map as MapLibre } from "maplibre-gl";
import * as api from "../api";
import { h } from "../dom";
import { metres, t } from "../i18n";
import { flyTo } from "../map";
import { calendarGrid, putCalendar, spoken, windowOf } from "./calendar";
import type { Span } from "./calendar";
import { addDays, monthOf } from "../days";
import { show } from "./drawn";
import { person, personField } from "./people";
import { pair } from "./picker";
import type { Picker } from "./picker";
import { rhythmForm } from "./rhythm";
import type { Rota, Turn, Wanted } from "./writing";
import * as writing from "./writing";

type Chosen = { rota: Rota; turn: Turn | null } | "new" | null;

export function rotation(map: MapLibre, picker: Picker, today: string, open: () => boolean) {
  let rotas: Rota[] = [];
  let chosen: Chosen = null;
  let span: Span = "month";
  let day = today;
  let failed = "";
  const panel = h("div", { class: "duty-tab", id: "rotas" });
  const said = h("div", { id: "rota-said", role: "status" });
  const name = h("input", { id: "rota-name", class: "text", type: "text", maxlength: 200 });
  const form = rhythmForm(today, () => { ready(); if (chosen === "new") picker.again(); });
  const wanted = (): Wanted => ({ role: "rota", from: form.value().from, to: form.value().to });

  const load = async () => {
    const shown = windowOf(span, day);
    rotas = await writing.calendar(shown.from, shown.to);
    if (chosen && chosen !== "new") {
      const { rota, turn } = chosen;
      const again = rotas.find(({ id }) => id === rota.id);
      const same = again?.turns.find((one) => one.valid_from === turn?.valid_from && one.chief === turn.chief);
      chosen = again ? { rota: again, turn: same ?? null } : null;
    }
    render();
  };
  const refresh = () => load().catch((error: unknown) => { failed = message(error); render(); });
  const choose = (rota: Rota, turn: Turn | null) => {
    const other = !chosen || chosen === "new" || chosen.rota.id !== rota.id;
    chosen = { rota, turn };
    said.replaceChildren();
    form.fill({ ...rota, from: later(today, rota.valid_from), to: rota.valid_to, chiefs: rota.members.map(({ chief }) => chief) });
    render();
    if (other) void highlight(rota);
  };
  const highlight = async ({ id, bbox }: Rota) => {
    const stretches = await writing.stretchesOf(id);
    if (stretches.length) show(map, await writing.look(stretches, { role: "member", from: today, to: null }));
    if (bbox) flyTo(map, bbox, 16);
  };
  const begin = () => {
    chosen = "new";
    name.value = "";
    const next = monthOf(addDays(monthOf(today).to, 0)).from;
    form.fill({ chiefs: [], every: 1, unit: "week", from: next, to: addDays(next, 84) });
    picker.clear();
    render();
  };
  const act = async (work: () => Promise<unknown>, done: string) => {
    try {
      await work();
      said.replaceChildren(h("p", { class: "done" }, done));
    } catch (error) {
      return void said.replaceChildren(h("p", { class: "note warn", role: "alert" }, message(error)));
    }
    await refresh();
  };
  const make = () => {
    const stretch = picker.chosen();
    if (!stretch || !name.value.trim() || !form.complete()) return;
    void act(async () => {
      const { id } = await writing.makeRota(name.value.trim(), [stretch.where], form.value());
      day = form.value().from;
      picker.clear();
      const shown = windowOf(span, day);
      rotas = await writing.calendar(shown.from, shown.to);
      const made = rotas.find((one) => one.id === id);
      chosen = made ? { rota: made, turn: null } : null;
    }, t("rota_made", { name: name.value.trim() }));
  };
  const go = h("button", { id: "rota-make", type: "button", class: "action", onclick: make });
  name.addEventListener("input", () => ready());
  const ready = () => {
    const stretch = picker.chosen();
    go.disabled = !stretch || stretch.look.held.length > 0 || !name.value.trim() || !form.complete();
  };

  const render = () => {
    if (!open()) return void putCalendar(null);
    go.textContent = t("rota_make");
    panel.replaceChildren(...(failed ? [h("p", { class: "note warn" }, failed)] : []), ...body(), said);
    failed = "";
    ready();
    const held = document.activeElement?.id;
    putCalendar(calendarGrid({ rotas, shown: windowOf(span, day), span, today, chosen: chosen && chosen !== "new" ? chosen.rota.id : null }, {
      move: (to) => { day = to; void refresh(); },
      spread: (to) => { span = to; void refresh(); },
      choose,
    }));
    if (held) document.getElementById(held)?.focus();
  };
  const body = (): HTMLElement[] => {
    if (chosen === "new") {
      return [h("h2", {}, t("rota_new")), picker.element, h("div", { class: "duty-form" }, pair("rota_name", name), form.element(), go, backButton())];
    }
    if (chosen) return [...oneRota(chosen.rota), ...(chosen.turn ? [oneTurn(chosen.rota, chosen.turn)] : [])];
    return [
      h("p", { class: "note" }, t("rota_note")),
      h("ul", { class: "rows" }, ...rotas.map((rota) => h("li", {}, h("button", { type: "button", "data-open": rota.id, onclick: () => choose(rota, null) },
        h("span", { class: "name" }, rota.name), h("span", { class: "much" }, metres(rota.metres)), h("small", {}, line(rota)))))),
      h("button", { type: "button", class: "second", id: "rota-new", onclick: begin }, t("rota_new")),
    ];
  };
  const backButton = () => h("button", { type: "button", class: "quiet", id: "rota-back", onclick: () => { chosen = null; picker.clear(); said.replaceChildren(); render(); } }, t("rota_back"));
  const oneRota = (rota: Rota): HTMLElement[] => [
    h("h2", {}, rota.name, h("small", {}, line(rota))),
    h("div", { class: "duty-form" }, form.element(),
      h("p", { class: "note" }, t("rota_change_note")),
      h("div", { class: "buttons" },
        h("button", { type: "button", class: "action", id: "rota-change", onclick: () => form.complete() && void act(() => writing.changeRota(rota.id, form.value()), t("rota_changed")) }, t("rota_change")),
        h("button", { type: "button", class: "second", id: "rota-end", onclick: () => void act(() => writing.endRota(rota.id, form.value().from), t("rota_ended")) }, t("rota_end")),
        backButton())),
  ];
  const oneTurn = (rota: Rota, turn: Turn): HTMLElement => {
    const other = personField("turn-other");
    const from = h("input", { id: "turn-from", class: "text", type: "date", value: later(today, turn.valid_from) });
    const to = h("input", { id: "turn-to", class: "text", type: "date", value: turn.valid_to });
    const leave = () => void act(() => writing.takeLeave(turn.chief, from.value, to.value, person(other.value)?.id ?? null), t("turn_left"));
    const give = () => {
      const taker = person(other.value);
      if (!taker) return other.focus();
      void act(() => writing.handOver(turn.chief, taker.id, from.value, rota.id), t("turn_given", { name: taker.name }));
    };
    return h("div", { class: "duty-form", id: "turn" },
      h("h3", {}, spoken(rota, turn)),
      pair("turn_other", other), pair("turn_from", from), pair("turn_to", to),
      h("div", { class: "buttons" },
        h("button", { type: "button", class: "second", id: "turn-leave", onclick: leave }, t("turn_leave")),
        h("button", { type: "button", class: "second", id: "turn-give", onclick: give }, t("turn_give"))),
      h("p", { class: "note" }, t("turn_note")));
  };
  return { element: () => { void refresh(); return panel; }, wanted, ready, close: () => putCalendar(null) };
}

const later = (one: string, other: string) => (one > other ? one : other);
const message = (error: unknown) => (error instanceof api.Problem ? error.message : t("offline"));

function line(rota: Rota): string {
  return [t(`rota_every_${rota.unit}`, { n: rota.every }), rota.members.map(({ name }) => name).join(" → "), `${rota.valid_from} – ${addDays(rota.valid_to, -1)}`].join(" · ");
}
