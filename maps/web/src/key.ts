// The key: a card on the map that says what the colours of numbers mean, while there are any.
import type { Class } from "./classes";
import { find, h } from "./dom";
import { figure, t } from "./i18n";

const sections = new Map<string, HTMLElement>();

/** Show `section` in the key under a name of its own; null takes it away. */
export function setKey(name: string, section: HTMLElement | null): void {
  if (section) sections.set(name, section);
  else sections.delete(name);
  find("#key").replaceChildren(...sections.values());
}

/** Classes with their lowest and highest values, and with how many units are in each; then further entries. */
export function classList(classes: Class[], strength: number, say: (value: number) => string, ...more: (HTMLElement | null)[]): HTMLElement {
  const entries = classes.map(({ from, to, count, colour }) =>
    entry(swatch(colour, strength), from === to ? say(from) : from < 0 ? t("range", { from: say(from), to: say(to) }) : `${say(from)} – ${say(to)}`, figure(count)));
  return h("ul", { class: "classes" }, ...entries, ...more);
}

export function entry(sample: HTMLElement, text: string, count = ""): HTMLElement {
  return h("li", {}, sample, h("span", { class: "range" }, text), h("span", { class: "units" }, count));
}

/** A patch of a colour that covers the ground to a share of `strength`. */
export function swatch(colour: string, strength: number, kind = ""): HTMLElement {
  const sample = h("i", { class: `patch ${kind}`, "aria-hidden": "true" });
  sample.style.setProperty("--colour", colour);
  sample.style.setProperty("--strength", `${100 * strength}%`);
  return sample;
}
