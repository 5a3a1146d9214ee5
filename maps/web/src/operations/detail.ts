// One case: what it is, what can be done now, where it is, what else is there, and its history.
import type { Place } from "../api";
import { h, icon, ICONS } from "../dom";
import { standIn } from "../duty";
import { language, metres, number, t, tValue } from "../i18n";
import type { Key } from "../i18n";
import type { Case, NearCase, Spot, StepTaken } from "./service";
import { ACTION_KEYS } from "./shortcuts";
import { age, isLate, mark, when } from "./states";

// These need a word of why.
export const NEEDS_NOTE = ["bounce", "rework", "cancel"];
const FOLDED = 5;

export interface Shown {
  one: Case;
  place: Place | null;
  spot: Spot | null;
  busy: string;
  told: { text: string; kind: "good" | "bad" | "wait" } | null;
  note: string;
}

export interface DetailActs {
  close: () => void;
  go: () => void;
  act: (action: string) => void;
  note: (text: string) => void;
  choose: (code: string) => void;
}

export function detail(shown: Shown, acts: DetailActs): HTMLElement[] {
  const { one, told } = shown;
  return [
    heading(one, acts),
    ...(told ? [h("p", { class: `told ${told.kind}`, role: told.kind === "bad" ? "alert" : "status" }, told.text)] : []),
    facts(one),
    actions(shown, acts),
    section("case_place", placeLines(shown.place)),
    nearSection(shown.spot, acts),
    section("case_steps", steps(one.steps ?? [])),
    historySection(shown.spot, acts),
  ];
}

function heading(one: Case, acts: DetailActs): HTMLElement {
  const late = isLate(one);
  const close = h("button", { type: "button", class: "quiet close", "aria-label": t("close"), onclick: acts.close }, icon(ICONS.close));
  return h("header", {},
    h("p", { class: "tags" },
      h("span", { class: "tag state", "data-status": one.status }, mark(one.status, 14), tValue("status", one.status)),
      late && h("span", { class: "tag late" }, t("is_late"))),
    h("h2", { id: "case-title", tabindex: -1 }, one.subclass ?? one.class),
    h("p", { class: "number" }, one.subclass && one.subclass !== one.class && `${one.class} · `, h("code", {}, one.code)),
    close);
}

function facts(one: Case): HTMLElement {
  const { used, text } = age(one);
  const bar = h("i", { class: isLate(one) ? "bar late" : "bar", "aria-hidden": "true" }, h("i", {}));
  (bar.firstChild as HTMLElement).style.width = `${Math.round(used * 100)}%`;
  const line = (name: Key, value: string | null) => value !== null && value !== "" && h("div", {}, h("dt", {}, t(name)), h("dd", {}, value));
  return h("section", { class: "facts" },
    one.open && h("p", { class: "clock" }, bar, h("span", {}, text)),
    h("dl", {},
      line("case_what", one.description),
      line("case_where", one.address),
      line("case_source", one.source),
      line("case_reported", when(one.reported_at)),
      line("case_due", one.due_at && when(one.due_at)),
      line("case_closed", one.closed_at && when(one.closed_at))));
}

function actions({ one, busy, note }: Shown, acts: DetailActs): HTMLElement {
  if (one.actions.length === 0) return h("p", { class: "none" }, t("case_over"));
  const field = h("textarea", { id: "note", rows: 2, maxlength: 4000, "aria-label": t("case_note"), placeholder: t("case_note"), oninput: () => acts.note(field.value) });
  field.value = note;
  const buttons = one.actions.map((name, at) =>
    h("button", { type: "button", class: at === 0 ? "action" : "second", "data-action": name, disabled: busy !== "", onclick: () => acts.act(name) },
      busy === name ? t("sending") : tValue("action", name), h("kbd", { "aria-hidden": "true" }, ACTION_KEYS[name] ?? "")));
  return h("section", { class: "acts" }, field,
    h("div", { class: "buttons" }, ...buttons,
      h("button", { type: "button", class: "quiet go", onclick: acts.go }, icon(ICONS.pin, 17), t("case_show"), h("kbd", { "aria-hidden": "true" }, "g"))));
}

function section(title: Key, ...content: (HTMLElement | null)[]): HTMLElement {
  return h("section", {}, h("h3", {}, t(title)), ...content);
}

function placeLines(place: Place | null): HTMLElement {
  if (!place) return h("p", { class: "none" }, t("place_loading"));
  const areas = [place.street, place.community, place.compound].filter((unit) => unit !== null).map(({ name }) => name);
  const grids = place.grids.map((grid) => h("li", {}, h("small", {}, language() === "en" ? grid.system_name_en : grid.system_name), " ", grid.name));
  const chiefs = place.road?.chiefs.map((one) =>
    h("li", {}, h("small", {}, tValue("role", one.role)), ` ${one.name}`,
      h("small", {}, ` ${[one.department, standIn(one)].filter(Boolean).join(" · ")}`))) ?? [];
  if (areas.length === 0 && grids.length === 0 && !place.road) return h("p", { class: "none" }, t("outside"));
  return h("ul", { class: "place" },
    areas.length > 0 && h("li", {}, areas.join(" · ")),
    place.road && h("li", {}, h("b", {}, place.road.name ?? t("unnamed_road")), ` ${t(`side_${place.road.side}`)} · ${metres(place.road.chainage_m)}`),
    ...grids, ...chiefs);
}

function nearSection(spot: Spot | null, acts: DetailActs): HTMLElement {
  const same = spot?.cases.filter((one) => one.same) ?? [];
  return h("section", { class: same.length ? "same" : "" }, h("h3", {}, t("case_same")),
    same.length ? nearList(same, acts.choose) : h("p", { class: "none" }, spot ? t("case_same_none") : t("place_loading")));
}

function historySection(spot: Spot | null, acts: DetailActs): HTMLElement {
  if (!spot) return section("case_spot", h("p", { class: "none" }, t("place_loading")));
  const others = spot.cases.filter((one) => !one.same);
  const total = spot.classes.reduce((sum, { reported }) => sum + reported, 0);
  if (total === 0) return section("case_spot", h("p", { class: "none" }, t("case_spot_none")));
  const classes = spot.classes.slice(0, 4).map(({ class: name, reported }) => `${name} ${number(reported)}`).join(" · ");
  const more = others.slice(FOLDED);
  return section("case_spot",
    h("p", { class: "sum" }, t("case_spot_sum", { n: number(total), within: spot.within_m }), " ", h("small", {}, classes)),
    nearList(others.slice(0, FOLDED), acts.choose),
    more.length ? h("details", {}, h("summary", {}, t("case_spot_more", { n: more.length })), nearList(more, acts.choose)) : null);
}

export function nearList(cases: NearCase[], choose: (code: string) => void): HTMLElement {
  return h("ul", { class: "near" }, ...cases.map((one) =>
    h("li", {}, h("button", { type: "button", "data-near": one.code, onclick: () => choose(one.code) },
      mark(one.status, 14),
      h("span", { class: "what" }, one.subclass ?? one.class),
      h("span", { class: "state" }, tValue("status", one.status)),
      h("small", {}, `${when(one.reported_at)} · ${metres(one.distance_m)}`)))));
}

function steps(all: StepTaken[]): HTMLElement {
  if (all.length === 0) return h("p", { class: "none" }, t("case_steps_none"));
  return h("ol", { class: "steps" }, ...all.map(({ step, status, at, actor, note }) =>
    h("li", { "data-step": step }, mark(status, 13),
      h("span", {}, h("b", {}, tValue("action", step)), actor ? ` ${actor}` : ""),
      h("time", { datetime: at }, when(at)),
      note ? h("p", {}, note) : null)));
}
