// One unit of a layer as the service tells it, and how it is asked for.
import type { UnitTold } from "../answers";
import { ask } from "../api";

export type { Door, Parent, UnitTold } from "../answers";
export type { OpenCase as Case } from "../answers";

export interface UnitRef {
  layer: string;
  id: number;
}

export const readUnit = ({ layer, id }: UnitRef, signal: AbortSignal) => ask<UnitTold>(`/api/units/${layer}/${id}`, {}, signal);

/** The unit that the address names as `unit=layer:id`. */
export function parseUnit(text: string | null): UnitRef | null {
  const found = /^([a-z_]+):(\d+)$/.exec(text ?? "");
  return found ? { layer: found[1]!, id: Number(found[2]) } : null;
}
