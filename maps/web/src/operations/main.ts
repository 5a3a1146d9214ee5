// Starts the operations page: the queue, the map beside it, and the panel of one case or of a new one.
import "../css/base.css";
import "../css/operations.css";
import * as api from "../api";
import { duration, find, h, icon, ICONS, isPhone } from "../dom";
import { keepFresh } from "../fresh";
import { readHash, writeHash } from "../hash";
import { t, tValue, whenLanguage } from "../i18n";
import { openLive } from "../live/client";
import { followChanges } from "../live/overlay";
import { liveSign } from "../live/sign";
import { makeMap, mark, setVisible } from "../map";
import { speakBoth } from "../speak";
import { useZone } from "../zone";
import { detail, NEEDS_NOTE } from "./detail";
import type { DetailActs, Shown } from "./detail";
import { drawCases } from "./drawing";
import { filingForm } from "./filing";
import { held, follow, put, reload } from "./held";
import { makeQueue } from "./queue";
import * as service from "./service";
import type { Case } from "./service";
import { shortcuts } from "./shortcuts";
import { isIn, TABS } from "./states";

const ACTOR = "luge.actor";
const TICK_MS = 30_000;
// What the map shows beside the queue; more is a switch away on the map page.
const HIDDEN = ["incidents", "merchants", "blocks", "density"];

async function start(): Promise<void> {
  speakBoth();
  const live = openLive([]);
  const [district, declared, kinds] = await Promise.all([api.district(), api.layers(), service.kinds(), live.begun]);
  useZone(district.time_zone);
  find("#district").textContent = district.name;
  document.body.dataset["page"] = "operations";
  const map = makeMap(district, declared);
  const whole = { padding: 30, duration: 0 };
  if (!readHash("map") && district.bounds) map.fitBounds(district.bounds, whole);
  map.once("load", () => HIDDEN.forEach((toggle) => setVisible(map, toggle, false)));
  const drawing = drawCases(map);
  followChanges(map, live, keepFresh(map, district, declared));

  const panel = find("#case");
  const actor = find<HTMLInputElement>("#actor");
  actor.value = localStorage.getItem(ACTOR) ?? "";
  actor.addEventListener("change", () => localStorage.setItem(ACTOR, actor.value.trim()));
  const news = find("#news");
  let shown: Shown | null = null;
  let filing = false;
  let asked = new AbortController();

  const queue = makeQueue(held, (code) => void choose(code), () => void load());
  find("#list").append(queue.element);
  const draw = () => {
    queue.show();
    drawing.show(held.cases.values(), held.chosen);
    const count = [...held.cases.values()].filter(({ status }) => status === "reported").length;
    document.title = `${count ? `(${count}) ` : ""}${t("operations")} · ${district.name}`;
  };
  const load = async () => {
    try {
      await reload();
      queue.failed("");
    } catch (error) {
      queue.failed(error instanceof api.Problem ? error.message : t("offline"));
    }
    draw();
    if (shown) void renew(shown.one.code);
  };
  const render = () => {
    if (filing) panel.replaceChildren(form.element);
    else if (shown) {
      const typing = document.activeElement?.id === "note";
      panel.replaceChildren(h("div", { class: "content" }, ...detail(shown, acts)));
      if (typing) document.querySelector<HTMLElement>("#note")?.focus();
    }
    panel.hidden = !filing && !shown;
    document.body.classList.toggle("with-case", !panel.hidden);
    map.resize();
  };
  const leave = () => {
    asked.abort();
    shown = null;
    filing = false;
    held.chosen = "";
    writeHash("case", null);
    drawing.spot(null);
    mark(map, null);
    map.getCanvas().style.cursor = "";
    render();
    draw();
  };
  /** What was told of the same case stays until the next thing is done. */
  const show = (one: Case, told: Shown["told"] = null) => {
    const same = shown?.one.code === one.code ? shown : null;
    shown = {
      one, place: same?.place ?? null, spot: same?.spot ?? null, busy: same?.busy ?? "", told: told ?? same?.told ?? null,
      note: told?.kind === "good" ? "" : (same?.note ?? ""),
    };
    render();
  };
  /** The case as it is now; its place and what was there before too, where it is another one. */
  const renew = async (code: string, told: Shown["told"] = null) => {
    asked.abort();
    const mine = (asked = new AbortController());
    const one = await service.one(code, mine.signal);
    if (held.chosen !== code) return;
    put(one);
    show(one, told);
    draw();
    drawing.spot([one.lon, one.lat]);
    const [place, spot] = await Promise.all([
      api.locate(one.lon, one.lat, mine.signal), service.spot(one.lon, one.lat, one.class, one.code, mine.signal)]);
    if (shown?.one.code !== code) return;
    shown = { ...shown, place, spot };
    render();
  };
  const choose = async (code: string, fly = true) => {
    filing = false;
    mark(map, null);
    held.chosen = code;
    held.fresh.delete(code);
    writeHash("case", code);
    const known = held.cases.get(code);
    if (known) show(known);
    draw();
    try {
      await renew(code);
      if (fly && shown) bring([shown.one.lon, shown.one.lat]);
    } catch (error) {
      if (error instanceof DOMException) return;
      const text = error instanceof api.Problem ? error.message : t("offline");
      if (shown) show(shown.one, { kind: "bad", text });
      else news.textContent = text;
    }
  };
  const bring = (at: [number, number], zoom = 0) => {
    if (!zoom && map.getBounds().contains(at) && map.getZoom() >= 14) return;
    map.easeTo({ center: at, zoom: Math.max(zoom, map.getZoom(), 15.5), duration: duration(500) });
  };
  const act = async (action: string) => {
    if (!shown || shown.busy) return;
    const { one, note } = shown;
    if (!one.actions.includes(action)) return told("bad", t("not_now", { status: tValue("status", one.status), action: tValue("action", action) }));
    if (NEEDS_NOTE.includes(action) && !note.trim()) {
      told("bad", t("needs_note", { action: tValue("action", action) }));
      return find("#note").focus();
    }
    shown = { ...shown, busy: action, told: null };
    render();
    try {
      const after = await service.take(one, action, note.trim(), actor.value.trim(), () => told("wait", t("sending_again")));
      put(after);
      draw();
      if (shown?.one.code !== one.code) return;
      shown.busy = "";
      show(after, { kind: "good", text: t("done_action", { action: tValue("action", action), status: tValue("status", after.status) }) });
    } catch (error) {
      await refused(one, error);
    }
  };
  const told = (kind: "good" | "bad" | "wait", text: string) => {
    if (!shown) return;
    shown = { ...shown, told: { kind, text } };
    render();
  };
  /** Somebody else was faster: said plainly, with the case as it is now. */
  const refused = async (one: Case, error: unknown) => {
    if (shown?.one.code !== one.code) return;
    shown = { ...shown, busy: "" };
    if (!(error instanceof api.Problem)) return told("bad", t("not_sent"));
    if (error.status !== 409 && error.status !== 412) return told("bad", error.message);
    const text = t("faster", { status: tValue("status", (error.said["now"] as { status?: string } | undefined)?.status ?? "") });
    try {
      await renew(one.code, { kind: "bad", text });
    } catch {
      told("bad", text);
    }
  };
  const acts: DetailActs = {
    close: leave, act: (action) => void act(action), choose: (code) => void choose(code),
    go: () => shown && bring([shown.one.lon, shown.one.lat], 17),
    note: (text) => shown && (shown.note = text),
  };
  const form = filingForm(kinds, {
    close: leave, choose: (code) => void choose(code), actor: () => actor.value.trim(),
    placed: (at) => {
      mark(map, at);
      drawing.spot(at);
    },
    filed: (one) => {
      put(one);
      filing = false;
      held.chosen = one.code;
      queue.tab("new");
      show(one, { kind: "good", text: t("filed_as", { code: one.code }) });
      void choose(one.code);
    },
    fly: (at) => bring(at, 17),
  });
  const fresh = () => {
    asked.abort();
    shown = null;
    held.chosen = "";
    writeHash("case", null);
    filing = true;
    map.getCanvas().style.cursor = "crosshair";
    render();
    draw();
    form.begin();
  };
  map.on("click", (event) => {
    if (filing) return form.place(event.lngLat.toArray());
    const code = drawing.at(event.point, isPhone() ? 14 : 6);
    if (code) void choose(code, false);
  });
  map.on("mousemove", ({ point }) => {
    map.getCanvas().style.cursor = filing ? "crosshair" : drawing.at(point, 4) ? "pointer" : "";
  });
  map.getCanvas().addEventListener("keydown", ({ key }) => key === "Enter" && filing && form.place(map.getCenter().toArray()));
  const help = shortcuts({
    next: () => queue.step(1), previous: () => queue.step(-1), fresh, search: queue.search, go: acts.go, leave,
    note: () => document.querySelector<HTMLElement>("#note")?.focus(),
    tab: (at) => queue.tab(TABS[at]!), act: (action) => void act(action),
  });
  find("#new").addEventListener("click", fresh);
  find("#help").addEventListener("click", help);
  find("#bar").querySelector(".signs")!.prepend(liveSign(live));
  follow(live, {
    changed: (codes) => {
      draw();
      if (shown && codes.has(shown.one.code) && !shown.busy) void renew(shown.one.code).catch(() => undefined);
    },
    arrived: (one) => (news.textContent = t("arrived", { what: one.subclass ?? one.class, where: one.address ?? one.road ?? "" })),
    reload: () => void load(),
  });
  whenLanguage(() => {
    find("#new").replaceChildren(icon(ICONS.plus, 18), h("span", {}, t("filing")), h("kbd", { "aria-hidden": "true" }, "n"));
    actor.placeholder = t("actor");
    actor.setAttribute("aria-label", t("actor"));
    find("#help").setAttribute("aria-label", t("keys"));
    for (const link of document.querySelectorAll<HTMLAnchorElement>("#bar a[href]")) link.hash = readHash("lang") === "en" ? "lang=en" : "";
    render();
    draw();
  });
  window.setInterval(draw, TICK_MS);
  await load();
  const wanted = readHash("case");
  if (wanted) {
    await choose(wanted);
    const known = held.cases.get(wanted);
    const tab = known && TABS.find((name) => isIn(name, known));
    if (tab) queue.tab(tab);
  }
  document.body.dataset["ready"] = "true";
  Object.assign(window, { luge: { map } });
}

start().catch((error: unknown) => {
  console.error(error);
  const webgl = error instanceof Error && error.name === "GPUInitializationError";
  const text = webgl ? t("no_webgl") : error instanceof api.Problem ? error.message : t("offline");
  find("#cover").replaceChildren(h("div", { class: "failed" }, h("h2", {}, t("failed_operations")), h("p", {}, text),
    h("button", { type: "button", class: "action", onclick: () => location.reload() }, t("retry"))));
});
