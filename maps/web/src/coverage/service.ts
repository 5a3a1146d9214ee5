// What the coverage page asks for.
import type { Blind, BlindPlace, CoverageSummary as Summary, SpanOfControl as Control } from "../answers";
import { ask } from "../api";
import type { Bounds } from "../api";

export type {
  Blind, BlindCluster as Cluster, BlindCompound, BlindPlace, ChiefInCharge as Chief, CoverageFigures as Figures, CoveragePart as Part, CoverageSummary as Summary,
  FarCompound, SpanOfControl as Control,
} from "../answers";

export type Box = Pick<BlindPlace, "west" | "south" | "east" | "north">;

/** Of which area, level and day; empty: all, all, today. */
export interface Asked {
  area: string;
  role: string;
  on: string;
}

function query(asked: Asked, more: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...asked, ...more }).filter(([, value]) => value !== ""));
}

export const summary = (asked: Asked, by: string, signal: AbortSignal) => ask<Summary>("/api/coverage", query(asked, { by }), signal);
export const blind = (asked: Asked, first: string, signal: AbortSignal) => ask<Blind>("/api/coverage/blind", query(asked, { first }), signal);
export const control = (asked: Asked, signal: AbortSignal) => ask<Control>("/api/coverage/control", query(asked), signal);

export const bounds = ({ west, south, east, north }: Box): Bounds => [west, south, east, north];
