// The side panel with its tabs; on a phone it is a sheet opened from the dock.
import { find, h, icon, ICONS, isPhone } from "./dom";
import { t, whenLanguage } from "./i18n";

const TABS = ["layers", "figures", "explore", "directory", "inview"] as const;
type Tab = (typeof TABS)[number];

const DRAWN: Record<Tab, string> = { layers: ICONS.layers, explore: ICONS.filter, figures: ICONS.figures, directory: ICONS.list, inview: ICONS.pin };

export function closeSheet(): void {
  document.body.removeAttribute("data-sheet");
  for (const button of document.querySelectorAll("#dock button")) button.setAttribute("aria-expanded", "false");
}

export function makeSheet(panels: Record<Tab, HTMLElement>, footer: HTMLElement): void {
  const sheet = find("#sheet");
  const dock = find("#dock");
  const tabs = TABS.map((name) =>
    h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`, onclick: () => select(name) }));
  const bodies = TABS.map((name) =>
    h("div", { role: "tabpanel", id: `panel-${name}`, "aria-labelledby": `tab-${name}`, tabindex: 0 }, panels[name]));
  const openers = TABS.map((name) =>
    h("button", { type: "button", class: "quiet", "data-opens": name, "aria-expanded": "false", onclick: () => open(name) }));
  const close = h("button", { type: "button", class: "quiet close", onclick: closeSheet }, icon(ICONS.close));

  const select = (name: Tab) => {
    for (const [at, one] of TABS.entries()) {
      tabs[at]?.setAttribute("aria-selected", String(one === name));
      tabs[at]?.setAttribute("tabindex", one === name ? "0" : "-1");
      bodies[at]!.hidden = one !== name;
      // On a phone it would take the room of the panel: there it comes after it.
      if (one === name) (isPhone() ? bodies[at]! : sheet).append(footer);
    }
  };
  const open = (name: Tab) => {
    const again = document.body.dataset["sheet"] === name;
    closeSheet();
    if (again) return;
    find("#place").hidden = true;
    select(name);
    document.body.dataset["sheet"] = name;
    openers[TABS.indexOf(name)]?.setAttribute("aria-expanded", "true");
  };

  const strip = h("div", { role: "tablist" }, ...tabs);
  strip.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const step = event.key === "ArrowRight" ? 1 : tabs.length - 1;
    const next = tabs[(tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true") + step) % tabs.length];
    next?.click();
    next?.focus();
  });
  sheet.append(h("div", { class: "grip", "aria-hidden": "true" }), strip, close, ...bodies);
  dock.append(...openers);
  whenLanguage(() => {
    for (const [at, name] of TABS.entries()) {
      tabs[at]!.textContent = t(name);
      openers[at]!.replaceChildren(icon(DRAWN[name]), t(name));
    }
    close.setAttribute("aria-label", t("close"));
  });
  select("layers");
}
