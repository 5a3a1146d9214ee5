// What the wall asks for.
import type { Trends } from "../answers";
import { ask } from "../api";

export type { Trends, TrendStep, WorstGrid } from "../answers";

export const trends = (at: string | null) => ask<Trends>("/api/trends", at ? { at } : {});
