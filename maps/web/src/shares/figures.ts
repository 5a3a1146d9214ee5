// The figures of a draft: how even, how connected, how much changes; and a row for each chief.
import { h } from "../dom";
import { number, t } from "../i18n";
import type { Key } from "../i18n";
import { colourOf } from "./colours";
import type { Colours } from "./colours";
import type { Chief, Draft, Figures, Gap, Load, Post } from "./service";

/** Who has and who would have; either may be lacking. */
export interface Pair {
  key: string;
  before: Chief | null;
  after: Post | null;
}

export function pairs({ chiefs, posts }: Draft): Pair[] {
  const before = new Map(chiefs.map((chief) => [chief.id, chief]));
  const found = posts.map((after): Pair => {
    const own = after.chief_id === null ? null : (before.get(after.chief_id) ?? null);
    if (own) before.delete(own.id);
    return { key: after.chief_id === null ? `post-${after.post}` : `chief-${after.chief_id}`, before: own, after };
  });
  return [...found, ...[...before.values()].map((one): Pair => ({ key: `chief-${one.id}`, before: one, after: null }))];
}

export function nameOf({ before, after }: Pair): string {
  return before?.name ?? after?.name ?? t("shares_vacant", { post: (after?.post ?? 0) + 1 });
}

export function summary(figures: Figures): HTMLElement {
  const { before, after } = figures;
  return h("dl", { class: "sums" },
    sum("shares_most", before.most.toFixed(2), after.most.toFixed(2), after.most < before.most),
    sum("shares_variation", before.variation.toFixed(2), after.variation.toFixed(2), after.variation < before.variation),
    sum("shares_connected", `${before.connected}/${before.shares}`, `${after.connected}/${after.shares}`, after.connected / after.shares >= before.connected / before.shares),
    h("div", {}, h("dt", {}, t("shares_changed")), h("dd", {}, h("b", {}, number(figures.changed)),
      h("small", {}, t("shares_changed_of", { all: number(figures.stretches), km: km(figures.changed_m), whole: km(figures.metres) })))));
}

function sum(key: Key, before: string, after: string, better: boolean): HTMLElement {
  return h("div", {}, h("dt", {}, t(key)), h("dd", {},
    h("span", { class: "was" }, before), h("span", { "aria-hidden": "true" }, " → "), h("b", { class: better ? "better" : "" }, after)));
}

export function notes(draft: Draft): HTMLElement | null {
  const figures = draft.figures;
  if (!figures) return null;
  const told = figures.gaps.map((gap) => h("li", {}, gapWords(gap, draft)));
  if (!figures.finished) told.unshift(h("li", {}, t("shares_unfinished")));
  return told.length ? h("ul", { class: "notes" }, ...told) : null;
}

function gapWords(gap: Gap, { posts }: Draft): string {
  const post = posts.find((one) => one.post === gap.post);
  const roads = [...new Set(gap.roads.map((road) => road ?? t("shares_unnamed")))].join(t("shares_comma"));
  return t(gap.why === "network" ? "shares_gap_network" : "shares_gap_locks",
    { who: post?.name ?? t("shares_vacant", { post: gap.post + 1 }), pieces: gap.pieces, roads });
}

/** The table: a row for each who has or would have something; a click chooses him. */
export function table(draft: Draft, colours: Colours, chosen: string, choose: (key: string) => void, fill: (post: number, chief: string) => void): HTMLElement {
  const found = pairs(draft);
  const most = Math.max(...found.flatMap(({ before, after }) => [before?.load ?? 0, after?.load ?? 0]), 1);
  const mean = draft.posts.reduce((all, { load }) => all + load, 0) / Math.max(draft.posts.length, 1);
  const rows = found.map((pair) => row(pair, { most, mean }, colours, chosen === pair.key, choose, draft.status === "ready" ? fill : null));
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("shares_table") }, h("table", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("shares_chief")), h("th", { scope: "col" }, t("shares_hours")),
      h("th", { scope: "col", class: "n" }, t("shares_km")), h("th", { scope: "col", class: "n" }, t("shares_doors")), h("th", { scope: "col", class: "n" }, t("shares_pieces")))),
    h("tbody", {}, ...rows)));
}

function row(pair: Pair, scale: { most: number; mean: number }, colours: Colours, chosen: boolean, choose: (key: string) => void, fill: ((post: number, chief: string) => void) | null): HTMLElement {
  const { before, after, key } = pair;
  const dot = h("i", { class: "dot" });
  dot.style.background = colourOf(colours, key);
  const name = h("button", { type: "button", class: "who", "aria-pressed": String(chosen), onclick: () => choose(key) },
    dot, h("span", {}, nameOf(pair), h("small", {}, [before?.code ?? after?.code, before?.department ?? after?.department].filter(Boolean).join(" · "))));
  const vacant = after && after.chief_id === null && fill ? filling(after.post, fill) : null;
  return h("tr", { class: chosen ? "chosen" : "", "data-key": key }, h("th", { scope: "row" }, name, vacant),
    h("td", { class: "load" }, bars(before, after, scale), h("span", { class: "hours" }, both(before, after, ({ load }) => (load / 60).toFixed(1)))),
    h("td", { class: "n" }, both(before, after, ({ metres }) => (metres / 1000).toFixed(1))),
    h("td", { class: "n" }, both(before, after, ({ doors }) => number(Math.round(doors)))),
    h("td", { class: "n" }, both(before, after, ({ pieces }) => String(pieces))));
}

function both(before: Load | null, after: Load | null, say: (one: Load) => string): HTMLElement {
  return h("span", { class: "both" }, h("span", { class: "was" }, before ? say(before) : "–"), h("span", { class: "to", "aria-hidden": "true" }, "→"), h("b", {}, after ? say(after) : "–"));
}

function bars(before: Load | null, after: Load | null, { most, mean }: { most: number; mean: number }): HTMLElement {
  const share = (load: number) => `${(100 * load) / most}%`;
  const [old, now, tick] = [h("i", { class: "old" }), h("i", { class: "now" }), h("i", { class: "mean" })];
  old.style.width = share(before?.load ?? 0);
  now.style.width = share(after?.load ?? 0);
  tick.style.left = share(mean);
  return h("span", { class: "bars", "aria-hidden": "true" }, old, now, tick);
}

function filling(post: number, fill: (post: number, chief: string) => void): HTMLElement {
  const code = h("input", { class: "text", type: "text", maxlength: 100, placeholder: t("shares_code"), "aria-label": t("shares_code_of", { post: post + 1 }) });
  return h("form", { class: "fill", onsubmit: (event) => {
    event.preventDefault();
    if (code.value.trim()) fill(post, code.value.trim());
  } }, code, h("button", { class: "second", type: "submit" }, t("shares_fill")));
}

function km(metres: number): string {
  return (metres / 1000).toFixed(1);
}
