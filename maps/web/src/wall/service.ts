// What the wall asks for.
import { ask } from "../api";

export interface Step {
  at: string;
  reported: number;
  closed: number;
}

export interface WorstGrid {
  id: number;
  code: string;
  name: string;
  open: number;
  late: number;
  reported: number;
  west: number;
  south: number;
  east: number;
  north: number;
}

export interface Trends {
  until: string;
  asleep: boolean;
  hours: Step[];
  days: Step[];
  classes: { class: string; reported: number; open: number }[];
  grids: WorstGrid[];
}

export const trends = (at: string | null) => ask<Trends>("/api/trends", at ? { at } : {});
