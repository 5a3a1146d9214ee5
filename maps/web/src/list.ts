// The directory: streets and their communities as a list, for keyboard, reader and pointer alike.
import { areas, Problem } from "./api";
import type { Area } from "./api";
import { h, icon, ICONS } from "./dom";
import { number, t, whenLanguage } from "./i18n";

export async function directoryPanel(go: (area: Area) => void): Promise<HTMLElement> {
  const panel = h("div", { class: "directory" });
  let all: Area[] = [];
  let failed = "";
  try {
    all = await areas();
  } catch (error) {
    failed = error instanceof Problem ? error.message : t("offline");
  }
  const closed = new Set<number>();
  const streets = all.filter(({ level }) => level === "street");
  whenLanguage(() => {
    if (streets.length === 0) {
      panel.replaceChildren(h("p", { class: "empty" }, failed || t("directory_empty")));
      return;
    }
    panel.replaceChildren(
      h("p", { class: "intro" }, t("directory_intro")),
      h("ul", { class: "streets" }, ...streets.map((street) => streetItem(street, all, closed, go))));
  });
  return panel;
}

function streetItem(street: Area, all: Area[], closed: Set<number>, go: (area: Area) => void): HTMLElement {
  const communities = all.filter(({ level, parent_id }) => level === "community" && parent_id === street.id);
  const inner = h("ul", { id: `street-${street.id}`, hidden: closed.has(street.id) }, ...communities.map((one) => h("li", {}, areaButton(one, go))));
  const fold = h("button", {
    type: "button", class: "quiet fold", "aria-controls": inner.id, "aria-expanded": String(!inner.hidden),
    "aria-label": `${street.name}: ${t("communities", { n: communities.length })}`,
    onclick: () => {
      inner.hidden = !inner.hidden;
      fold.setAttribute("aria-expanded", String(!inner.hidden));
      if (inner.hidden) closed.add(street.id);
      else closed.delete(street.id);
    },
  }, icon(ICONS.chevron, 16));
  const head = h("div", { class: "street" }, communities.length > 0 && fold, areaButton(street, go));
  return h("li", {}, head, inner);
}

function areaButton(area: Area, go: (area: Area) => void): HTMLElement {
  return h("button", { type: "button", class: `area ${area.level}`, "data-code": area.code, onclick: () => go(area) },
    h("span", { class: "name" }, area.name),
    h("span", { class: "figures" }, figures(area)));
}

function figures({ households, people, workers }: Area): string {
  const parts = [
    people ? `${number(people)} ${t("people")}` : "",
    households && workers ? t("per_worker", { n: number(Math.round(households / workers)) }) : "",
  ];
  return parts.filter(Boolean).join(" · ");
}
