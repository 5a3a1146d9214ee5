// Which incidents are wanted. The address keeps it; the map, counts and exports ask by it.
import { readHash, writeHash } from "../hash";

/** Values of one column that are wanted; none means all. */
export type Column = "class" | "subclass" | "status" | "street" | "area" | "chief";
export const COLUMNS: Column[] = ["class", "subclass", "status", "street", "area", "chief"];
export type Compared = "" | "before" | "year";

export interface Chosen {
  values: Record<Column, string[]>;
  late: "" | "late" | "in_time";
  text: string;
  /** First and last day, YYYY-MM-DD, both within; empty where it is open. */
  from: string;
  to: string;
  compared: Compared;
}

export interface Query {
  filter?: string;
  since?: string;
  until?: string;
}

const HASH = "cases";
const DAY_MS = 86_400_000;
const listeners: (() => void)[] = [];
let current = read();

export function nothing(): Chosen {
  return { values: { class: [], subclass: [], status: [], street: [], area: [], chief: [] }, late: "", text: "", from: "", to: "", compared: "" };
}

let passing: number | null = null;
const counters: (() => void)[] = [];

/** How many pass what is chosen, once that is known. */
export function passed(): number | null {
  return passing;
}

/** Say how many pass what is chosen. */
export function setPassed(count: number): void {
  passing = count;
  for (const counter of counters) counter();
}

/** Call `listener` whenever it is known anew how many pass. */
export function whenPassed(listener: () => void): void {
  counters.push(listener);
}

export function isNarrowed(): boolean {
  return Object.keys(queryOf(current)).length > 0;
}

export function chosen(): Chosen {
  return current;
}

export function change(part: Partial<Chosen>): void {
  current = { ...current, ...part };
  writeHash(HASH, write(current) || null);
  for (const listener of listeners) listener();
}

/** Call `listener` whenever something else is wanted. */
export function whenChosen(listener: () => void): void {
  listeners.push(listener);
}

window.addEventListener("hashchange", () => {
  const now = read();
  if (JSON.stringify(now) === JSON.stringify(current)) return;
  current = now;
  for (const listener of listeners) listener();
});

// MapLibre decodes what others wrote in the address, so the signs with a meaning there are written as ~ and
// their code: class:占道经营|垃圾暴露;from:2026-05-01
const SIGNS = /[~;:|&=#%+,"<>\s]/g;

function escape(text: string): string {
  return text.replace(SIGNS, (sign) => `~${sign.charCodeAt(0).toString(16).padStart(2, "0").slice(-2)}`);
}

function unescape(text: string): string {
  return text.replace(/~([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function read(): Chosen {
  const pairs = decoded(readHash(HASH) ?? "").split(";").map((part) => part.split(":", 2) as [string, string?]);
  const found = new Map(pairs.map(([name, values]) => [name, (values ?? "").split("|").map(unescape).filter(Boolean)]));
  const one = (name: string) => found.get(name)?.[0] ?? "";
  const day = (name: string) => (/^\d{4}-\d\d-\d\d$/.test(one(name)) ? one(name) : "");
  const known = <T extends string>(name: string, options: T[]): T => options.find((each) => each === one(name)) ?? ("" as T);
  return {
    values: Object.fromEntries(COLUMNS.map((column) => [column, found.get(column) ?? []])) as Chosen["values"],
    late: known("late", ["late", "in_time"]),
    text: one("text"),
    from: day("from"),
    to: day("to"),
    compared: known("compared", ["before", "year"]),
  };
}

function write({ values, late, text, from, to, compared }: Chosen): string {
  const lists = COLUMNS.filter((column) => values[column].length).map((column) => `${column}:${values[column].map(escape).join("|")}`);
  const rest = Object.entries({ late, text, from, to, compared }).filter(([, value]) => value).map(([name, value]) => `${name}:${escape(value)}`);
  return [...lists, ...rest].join(";");
}

/** The same in CQL2 and times, as the service is asked; without `period` for all times. */
export function queryOf(wanted: Chosen, period = true): Query {
  const filter = cql(wanted);
  return {
    ...(filter && { filter }),
    ...(period && wanted.from && { since: wanted.from }),
    ...(period && wanted.to && { until: dayAfter(wanted.to) }),
  };
}

function cql({ values, late, text }: Chosen): string {
  const among = (column: Column) => values[column].length > 0 && `${column} in (${values[column].map(quoted).join(", ")})`;
  const places = [among("street"), among("area")].filter(Boolean);
  return [
    ...(["class", "subclass", "status"] as const).map(among),
    places.length > 0 && `(${places.join(" or ")})`,
    among("chief"),
    late && `late = ${late === "late"}`,
    text && like(text),
  ].filter(Boolean).join(" and ");
}

function like(text: string): string {
  const pattern = quoted(`%${text.replace(/[\\%_]/g, "\\$&")}%`);
  return `(${["code", "address", "description", "road"].map((column) => `casei(${column}) like casei(${pattern})`).join(" or ")})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days from one to the other, both counted. */
export function daysIn(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}

/** The period that the chosen one is compared with; null where there is none. */
export function comparedWith({ from, to, compared }: Chosen): { from: string; to: string } | null {
  if (!compared || !from || !to) return null;
  if (compared === "before") return { from: dayAfter(from, -daysIn(from, to)), to: dayAfter(from, -1) };
  const yearAgo = (day: string) => `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`.replace("-02-29", "-02-28");
  return { from: yearAgo(from), to: yearAgo(to) };
}
