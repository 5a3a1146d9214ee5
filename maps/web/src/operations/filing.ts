// Filing a case: what and where; cases that may be the same are shown while it is entered.
import { Problem } from "../api";
import { h, icon, ICONS } from "../dom";
import { t, whenLanguage } from "../i18n";
import { nearList } from "./detail";
import { file, spot } from "./service";
import type { Case, Kind, NearCase } from "./service";

const PAUSE_MS = 250;
// What was entered and not sent outlives a reload of the tab; sent again, it is the same request.
const DRAFT = "luge.draft";
// Where a case came from is kept as data are, in the district's language.
const SOURCE = "值守登记";

interface Draft {
  class: string;
  subclass: string;
  what: string;
  where: string;
  at: [number, number] | null;
}

export interface Filing {
  element: HTMLElement;
  place: (at: [number, number]) => void;
  begin: () => void;
}

interface FilingActs {
  close: () => void;
  /** Where the case would be, or nowhere. */
  placed: (at: [number, number] | null) => void;
  filed: (one: Case) => void;
  choose: (code: string) => void;
  actor: () => string;
  fly: (at: [number, number]) => void;
}

export function filingForm(kinds: Kind[], acts: FilingActs): Filing {
  let at: [number, number] | null = null;
  let same: NearCase[] = [];
  let asked = new AbortController();
  let timer = 0;

  const cls = h("select", { id: "class", name: "class", required: true, onchange: () => changed() });
  const sub = h("select", { id: "subclass", name: "subclass" });
  const what = h("textarea", { id: "what", name: "description", rows: 3, maxlength: 4000 });
  const where = h("input", { id: "where", name: "address", class: "text", maxlength: 400, autocomplete: "off" });
  const spotLine = h("output", { id: "spot", for: "class" });
  const gps = h("button", { type: "button", class: "second", onclick: () => locate() });
  const near = h("div", { class: "same", role: "status" });
  const told = h("p", { class: "told", hidden: true });
  const send = h("button", { type: "submit", class: "action" });
  const labels = { cls: h("label", { for: "class" }), sub: h("label", { for: "subclass" }), what: h("label", { for: "what" }), where: h("label", { for: "where" }) };
  const title = h("h2", { id: "filing-title", tabindex: -1 });
  const close = h("button", { type: "button", class: "quiet close", onclick: () => acts.close() }, icon(ICONS.close));
  const element = h("form", { id: "filing", "aria-labelledby": "filing-title", novalidate: true, onsubmit: (event) => void submit(event) },
    h("header", {}, title, close),
    h("div", { class: "fields" },
      h("div", { class: "spot" }, spotLine, gps),
      h("div", {}, labels.cls, cls), h("div", {}, labels.sub, sub),
      h("div", {}, labels.what, what), h("div", {}, labels.where, where),
      near, told, send));

  const say = (text: string, kind: "bad" | "wait" | "" = "bad") => {
    told.hidden = text === "";
    told.className = `told ${kind}`;
    told.setAttribute("role", kind === "bad" ? "alert" : "status");
    told.textContent = text;
  };
  const changed = () => {
    const subclasses = kinds.find((kind) => kind.class === cls.value)?.subclasses ?? [];
    sub.replaceChildren(h("option", { value: "" }, "—"), ...subclasses.map((name) => h("option", { value: name }, name)));
    look();
  };
  const look = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), PAUSE_MS);
  };
  const ask = async () => {
    asked.abort();
    asked = new AbortController();
    if (!at || !cls.value) return show([]);
    try {
      show((await spot(at[0], at[1], cls.value, "", asked.signal)).cases.filter((one) => one.same));
    } catch (error) {
      if (!(error instanceof DOMException)) show([]);
    }
  };
  const show = (found: NearCase[]) => {
    same = found;
    near.hidden = !at || !cls.value;
    near.classList.toggle("warn", found.length > 0);
    near.replaceChildren(h("h3", {}, found.length ? t("filing_same", { n: found.length }) : t("case_same_none")), nearList(found, acts.choose));
  };
  const tellSpot = () => {
    spotLine.textContent = at ? `${at[0].toFixed(6)}, ${at[1].toFixed(6)}` : t("filing_click");
    spotLine.classList.toggle("empty", !at);
  };
  const place = (next: [number, number] | null) => {
    at = next;
    tellSpot();
    acts.placed(at);
    keep();
    say("", "");
    look();
  };
  const locate = () => {
    if (!("geolocation" in navigator) || !window.isSecureContext) return say(t("gps_none"));
    gps.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        gps.disabled = false;
        place([coords.longitude, coords.latitude]);
        acts.fly([coords.longitude, coords.latitude]);
      },
      ({ code }) => {
        gps.disabled = false;
        say(t(code === 1 ? "gps_refused" : "gps_failed"));
      },
      { enableHighAccuracy: true, timeout: 15_000 });
  };
  const keep = () => {
    const draft: Draft = { class: cls.value, subclass: sub.value, what: what.value, where: where.value, at };
    sessionStorage.setItem(DRAFT, JSON.stringify(draft));
  };
  const restore = () => {
    const draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? "null") as Draft | null;
    cls.value = draft?.class ?? "";
    at = draft?.at ?? null;
    changed();
    sub.value = draft?.subclass ?? "";
    what.value = draft?.what ?? "";
    where.value = draft?.where ?? "";
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (send.disabled) return;
    if (!cls.value) return say(t("filing_no_class")), cls.focus();
    if (!at) return say(t("filing_no_place"));
    send.disabled = true;
    say("", "");
    try {
      const one = await file({
        class: cls.value, subclass: sub.value || null, description: what.value.trim() || null, address: where.value.trim() || null,
        lon: at[0], lat: at[1], crs: "wgs84", source: SOURCE, actor: acts.actor() || null,
      }, () => say(t("sending_again"), "wait"));
      clear();
      acts.filed(one);
    } catch (error) {
      say(error instanceof Problem ? error.message : t("not_sent"));
    }
    send.disabled = false;
  };
  const clear = () => {
    what.value = where.value = cls.value = "";
    changed();
    place(null);
  };
  cls.append(h("option", { value: "" }, "—"), ...kinds.map((kind) => h("option", { value: kind.class }, kind.class)));
  restore();
  element.addEventListener("input", keep);
  element.addEventListener("keydown", (event) => event.key === "Enter" && event.ctrlKey && element.requestSubmit());
  whenLanguage(() => {
    title.textContent = t("filing");
    close.setAttribute("aria-label", t("close"));
    labels.cls.textContent = t("filing_class");
    labels.sub.textContent = t("filing_subclass");
    labels.what.textContent = t("filing_what");
    labels.where.textContent = t("filing_where");
    gps.textContent = t("filing_gps");
    send.textContent = t("filing_send");
    tellSpot();
    show(same);
  });
  return {
    element, place,
    begin: () => {
      acts.placed(at);
      say("", "");
      cls.focus();
    },
  };
}
