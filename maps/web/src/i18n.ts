// One catalogue in two languages; Chinese unless chosen otherwise (URL first, then last choice).
import catalogue from "./i18n.json";
import { readHash, writeHash } from "./hash";

export type Language = "zh" | "en";
export type Key = keyof typeof catalogue;
type Values = Record<string, string | number>;

const REMEMBERED = "luge.language";
const listeners: (() => void)[] = [];
let current: Language = initial();

function initial(): Language {
  const asked = readHash("lang") ?? localStorage.getItem(REMEMBERED);
  return asked === "en" ? "en" : "zh";
}

export function language(): Language {
  return current;
}

export function setLanguage(wanted: Language): void {
  current = wanted;
  localStorage.setItem(REMEMBERED, wanted);
  writeHash("lang", wanted === "en" ? "en" : null);
  for (const listener of listeners) listener();
}

/** Call `listener` now and whenever the language changes. */
export function whenLanguage(listener: () => void): void {
  listeners.push(listener);
  listener();
}

export function t(key: Key, values: Values = {}, inLanguage = current): string {
  return catalogue[key][inLanguage].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

/** A text as something that carries both languages. */
export function inBoth(key: Key): { zh: string; en: string } {
  return catalogue[key];
}

/** The text for a value such as a class or tier; the value itself where the catalogue has none. */
export function tValue(group: string, value: string): string {
  const key = `${group}_${value}`;
  return key in catalogue ? t(key as Key) : value;
}

/** The name of something that carries both languages. */
export function named(thing: { zh: string; en: string }): string {
  return thing[current];
}

const numbers = new Intl.NumberFormat("en");

export function number(value: number): string {
  return numbers.format(value);
}

const figures = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** A value of a metric: whole, or to a tenth. */
export function figure(value: number): string {
  return figures.format(value);
}

/** A change: with its sign, and a minus as wide as the plus. */
export function change(value: number): string {
  return value > 0 ? `+${figure(value)}` : figure(value).replace("-", "−");
}

/** Units are declared as they are written in Chinese; of those English has only the symbols. */
export function unitName(unit: string): string {
  return current === "en" && /\p{Script=Han}/u.test(unit) ? "" : unit;
}

export function metres(value: number): string {
  return value < 1000 ? `${value.toFixed(value < 10 ? 1 : 0)} m` : `${(value / 1000).toFixed(2)} km`;
}
