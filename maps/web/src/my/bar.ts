// The sign that says what became of the entries, and the tabs.
import { find, h } from "../dom";
import { t } from "../i18n";
import { isWaiting } from "./outbox";
import type { Outbox } from "./outbox";

export const TABS = ["roads", "cases", "shops", "sent"] as const;
export type Tab = (typeof TABS)[number];

export function makeTabs(select: (tab: Tab) => void): void {
  const tabs = find("#tabs");
  tabs.append(...TABS.map((name) => h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "view", onclick: () => select(name) })));
  tabs.addEventListener("keydown", ({ key }) => {
    const way = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? TABS.length - 1 : 0;
    const at = TABS.findIndex((name) => document.activeElement?.id === `tab-${name}`);
    const next = TABS[(at + way) % TABS.length];
    if (!way || at < 0 || !next) return;
    select(next);
    find(`#tab-${next}`).focus();
  });
}

/** Which tab is open, and how much there is under each; nothing is said of those without a number. */
export function drawTabs(open: Tab, counts: Partial<Record<Tab, number>>): void {
  for (const name of TABS) {
    const button = find(`#tab-${name}`);
    const count = counts[name];
    button.setAttribute("aria-selected", String(name === open));
    button.setAttribute("tabindex", name === open ? "0" : "-1");
    button.replaceChildren(t(`my_${name}`), count ? h("span", { class: "count" }, String(count)) : "");
  }
}

export function drawQueue({ items, reached }: Outbox): void {
  const waiting = items.filter(isWaiting).length;
  const refused = items.filter(({ state }) => state === "refused").length;
  const state = refused ? "refused" : waiting ? "waiting" : navigator.onLine && reached ? "sent" : "offline";
  const queue = find("#queue");
  queue.dataset["state"] = state;
  queue.textContent = t(`my_queue_${state}`, { n: refused || waiting });
}
