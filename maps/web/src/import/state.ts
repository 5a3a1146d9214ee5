// What the page knows, and what a person can do; the parts draw the one and call the other.
import type { District } from "../api";
import type { Choices, Field, Job, Kind, Preview, Reading } from "./service";

export interface State {
  district: District;
  choices: Choices;
  /** Chosen, and not yet uploaded as long as there is no job. */
  file: File | null;
  sent: number | null;
  job: Job | null;
  reading: Reading;
  preview: Preview | null;
  looking: boolean;
  stopping: boolean;
  error: string;
  past: Job[];
  next: number | null;
  tab: "rows" | "past";
  row: number | null;
}

export interface Acts {
  choose(file: File): void;
  kind(name: string): void;
  reading(change: Partial<Reading>): void;
  run(dryRun: boolean): void;
  stop(): void;
  fresh(): void;
  open(job: Job): void;
  forget(job: Job): void;
  more(): void;
  tab(name: State["tab"]): void;
  row(row: number | null): void;
}

export const NOTHING_SAID: Reading = { kind: "", crs: "", columns: {}, constants: {}, layer: "", encoding: "", margin_m: "" };

export function kindOf({ choices, reading }: State): Kind | null {
  return choices.kinds.find(({ name }) => name === reading.kind) ?? null;
}

export const isBusy = ({ job }: State): boolean => job?.status === "queued" || job?.status === "running";

/** Something can still be done with the file. */
export const isOpen = ({ job }: State): boolean => job !== null && job.kept;

/** A required field that nothing gives; a name may be stood in for by the code. */
export function isLacking({ preview, reading }: State, field: Field): boolean {
  if (!preview || !field.required || field.name in reading.constants) return false;
  return !(field.name in preview.fields) && !(field.name === "name" && "code" in preview.fields);
}

export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const value = bytes / 1000 ** power;
  return `${value.toFixed(power > 0 && value < 10 ? 1 : 0).replace(/\.0$/, "")} ${units[power]}`;
}
