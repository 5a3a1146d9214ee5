// Starts the page of shares: wishes and figures at the side, who has what on the map.
import "../css/base.css";
import "../css/shares.css";
import * as api from "../api";
import { notBegun } from "../begun";
import { find, h } from "../dom";
import { readHash, writeHash } from "../hash";
import { t, tValue, whenLanguage } from "../i18n";
import type { Key } from "../i18n";
import { speakBoth } from "../speak";
import { useZone } from "../zone";
import { colours } from "./colours";
import type { Colours } from "./colours";
import { nameOf, notes, pairs, summary, table } from "./figures";
import { wishForm } from "./form";
import { ground } from "./ground";
import type { Drawn, View } from "./ground";
import * as service from "./service";
import type { Draft, Short, Wish } from "./service";

const LOOK_MS = 400;
const VIEWS: [View, Key][] = [["before", "shares_before"], ["after", "shares_after"], ["changes", "shares_changes"]];

async function start(): Promise<void> {
  speakBoth();
  const [district, declared] = await Promise.all([api.district(), api.layers()]);
  find("#district").textContent = district.name;
  let drafts: Short[] = [];
  let shown: Draft | null = null;
  let drawn: Drawn[] = [];
  let given: Colours = new Map();
  let view: View = "after";
  let chosen = "";
  let told = "";
  let sure = false;

  useZone(district.time_zone);
  const map = ground(district, declared, (id) => {
    const one = drawn.find(({ stretch }) => stretch.id === id);
    choose(one ? ((view === "before" ? one.before : one.after) ?? "") : "", false);
    about(one);
  });
  const about = (one?: Drawn) => {
    const line = find("#about");
    line.hidden = !one || !shown;
    if (!one || !shown) return;
    const names = new Map(pairs(shown).map((pair) => [pair.key, nameOf(pair)]));
    line.replaceChildren(h("b", {}, one.stretch.properties.road ?? t("shares_unnamed")), ` ${Math.round(one.stretch.properties.length_m)} m · `,
      names.get(one.before ?? "") ?? t("shares_nobody"), one.before === one.after ? "" : ` → ${names.get(one.after) ?? ""}`);
  };
  const choose = (key: string, go: boolean) => {
    chosen = chosen === key && go ? "" : key;
    map.choose(chosen, view, go);
    find("#about").hidden = true;
    render();
    if (!go && chosen) document.querySelector(`tr[data-key="${chosen}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const turn = (wanted: View) => {
    view = wanted;
    map.view(view);
    map.choose(chosen, view, false);
    render();
  };
  const render = () => {
    const focused = document.activeElement?.getAttribute("data-focus");
    result.replaceChildren(...(shown ? outcome(shown) : [h("p", { class: "empty" }, t("shares_none"))]));
    past.replaceChildren(...history());
    find("#view").replaceChildren(...(shown?.figures ? [switches()] : []));
    if (focused) document.querySelector<HTMLElement>(`[data-focus="${focused}"]`)?.focus();
  };
  const outcome = (draft: Draft): HTMLElement[] => ([
    h("div", { class: "head" }, h("h2", {}, t("shares_draft", { id: draft.id, role: tValue("role", draft.role), day: draft.valid_from })),
      h("span", { class: `tag ${draft.status}` }, t(`shares_${draft.status}`))),
    told ? h("p", { class: "warn", role: "alert" }, told) : null,
    draft.error ? h("p", { class: "warn", role: "alert" }, draft.error) : null,
    draft.status === "running" ? progress(draft) : null,
    ...(draft.figures ? [summary(draft.figures), notes(draft), table(draft, given, chosen, (key) => choose(key, true), fill), acts(draft)] : []),
  ] as (HTMLElement | null)[]).filter((part) => part !== null);
  const progress = (draft: Draft) => {
    const share = draft.total ? draft.done / draft.total : 0;
    const bar = h("i", {});
    bar.style.width = `${100 * share}%`;
    return h("div", { class: "progress" }, h("div", { class: "bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(100 * share), "aria-label": t("shares_running") }, bar),
      h("button", { class: "second", type: "button", "data-focus": "stop", onclick: () => void act(() => service.stop(draft.id)) }, t("shares_stop")));
  };
  const acts = (draft: Draft): HTMLElement | null => {
    if (draft.status !== "ready") return null;
    const vacant = draft.posts.some(({ chief_id }) => chief_id === null);
    const ask = h("button", { class: "action", type: "button", id: "apply", "data-focus": "apply", disabled: vacant, onclick: () => {
      sure = true;
      render();
      find("#sure").focus();
    } }, t("shares_apply"));
    const aside = h("button", { class: "second", type: "button", "data-focus": "aside", onclick: () => void act(() => service.discard(draft.id)) }, t("shares_discard"));
    if (!sure) return h("div", { class: "acts" }, ask, aside, vacant ? h("small", {}, t("shares_fill_first")) : null);
    return h("div", { class: "acts sure" }, h("p", {}, t("shares_sure", { day: draft.valid_from, changed: draft.figures?.changed ?? 0 })),
      h("button", { class: "action", type: "button", id: "sure", onclick: () => void act(() => service.apply(draft.id)) }, t("shares_yes")),
      h("button", { class: "second", type: "button", onclick: () => {
        sure = false;
        render();
      } }, t("shares_no")));
  };
  const switches = () => h("div", { class: "card views", role: "group", "aria-label": t("shares_map") },
    ...VIEWS.map(([name, key]) => h("button", { type: "button", "data-focus": `view-${name}`, "aria-pressed": String(view === name), onclick: () => turn(name) }, t(key))));
  const history = (): HTMLElement[] => drafts.length === 0 ? [] : [
    h("label", { for: "drafts" }, t("shares_drafts")),
    h("select", { id: "drafts", onchange: (event) => void open(Number((event.target as HTMLSelectElement).value)) },
      ...(shown ? [] : [h("option", { value: "" }, t("shares_choose"))]),
      ...drafts.map((one) => h("option", { value: one.id, selected: one.id === shown?.id }, line(one))))];
  const line = (one: Short) => [`${one.id}`, t(`shares_${one.status}`), tValue("role", one.role), one.valid_from,
    ...(one.before && one.after ? [`${one.before.most.toFixed(2)} → ${one.after.most.toFixed(2)}`] : [])].join(" · ");
  const act = async (request: () => Promise<unknown>) => {
    told = "";
    sure = false;
    try {
      await request();
    } catch (error) {
      told = error instanceof api.Problem ? error.message : t("offline");
    }
    if (shown) await open(shown.id, told);
  };
  const fill = (post: number, chief: string) => shown && void act(() => service.fill(shown!.id, post, chief));
  const propose = async (wish: Wish) => {
    try {
      await open((await service.propose(wish)).id);
    } catch (error) {
      told = error instanceof api.Problem ? error.message : t("offline");
      if (!shown) result.replaceChildren(h("p", { class: "warn", role: "alert" }, told));
      else render();
    }
  };
  /** Shows a draft, and looks again and again while it is computed. */
  const open = async (id: number, why = "") => {
    const draft = await service.draft(id);
    if (shown?.id !== id) chosen = "";
    sure = false;
    told = why;
    shown = draft;
    writeHash("draft", String(id));
    drafts = await service.list();
    if (draft.status === "running") {
      render();
      window.setTimeout(() => shown?.id === id && void open(id, told).catch(failed), LOOK_MS);
      return;
    }
    find("#news").textContent = t(`shares_${draft.status}`);
    await draw(draft);
    render();
  };
  const draw = async (draft: Draft) => {
    const found = draft.figures ? await service.stretches(draft.id) : [];
    const posts = new Map(pairs(draft).flatMap(({ key, after }) => (after ? [[after.post, key] as const] : [])));
    drawn = found.map((stretch) => ({
      stretch, before: stretch.properties.chief === null ? null : `chief-${stretch.properties.chief}`, after: posts.get(stretch.properties.post) ?? "",
    }));
    const of = new Map(drawn.map((one) => [one.stretch.id, [one.before, one.after]]));
    given = colours(found, ({ id }) => of.get(id)!);
    map.show(drawn, given);
    map.view(view);
    map.choose(chosen, view, false);
  };
  const result = h("section", { id: "result", class: "card step", "aria-live": "off" });
  const past = h("div", { id: "past", class: "card step" });
  find("#side").append(wishForm((wish) => void propose(wish)), past, result);
  drafts = await service.list();
  whenLanguage(() => {
    document.title = `${t("shares")} · ${district.name}`;
    for (const link of document.querySelectorAll<HTMLAnchorElement>("#bar a[href]")) link.hash = readHash("lang") === "en" ? "lang=en" : "";
    render();
  });
  const wanted = Number(readHash("draft")) || drafts.find(({ status }) => status === "ready" || status === "running")?.id;
  if (wanted) await open(wanted).catch(failed);
  document.body.dataset["ready"] = "true";
  Object.assign(window, { luge: { map: map.map } });

  function failed(error: unknown): void {
    told = error instanceof api.Problem ? error.message : t("offline");
    result.replaceChildren(h("p", { class: "warn", role: "alert" }, told));
  }
}

start().catch(notBegun("failed_page"));
