// A chief's strip as the service tells it.
import type { Strip, StripChiefs, StripSegment } from "../answers";
import { ask } from "../api";

export type {
  Strip, StripCase as OpenCase, StripChief as Chief, StripDoor as Door, StripRoad as Road, StripSegment as Segment, WalkRules as Rules,
} from "../answers";
export type Side = StripSegment["sides"][number]["side"];

const PATIENCE_MS = 20_000;

export const chiefs = async () =>
  (await ask<StripChiefs>("/api/strips")).chiefs;
export const strip = (chief: string) => ask<Strip>(`/api/chiefs/${encodeURIComponent(chief)}/strip`, {}, AbortSignal.timeout(PATIENCE_MS));
