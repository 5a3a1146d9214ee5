// How places, times and shops are said on the chief's page.
import { language, t } from "../i18n";
import type { Language } from "../i18n";
import { span } from "../operations/states";
import type { Place } from "./ground";
import type { Road, Segment, Side } from "./service";

export const roadName = (road: Road, as: Language = language()) => road.name ?? t("my_unnamed", {}, as);
export const sideName = (side: Side, as: Language = language()) => t(side === "L" ? "side_L" : "side_R", {}, as);
export const segmentName = ({ seq }: Segment, as: Language = language()) => (seq === null ? "" : t("my_segment", { n: seq }, as));

/** 泊塘路 第3段 左侧 75 m */
export function placeName({ road, segment, side, chainage_m }: Place, as: Language = language()): string {
  return [roadName(road, as), segmentName(segment, as), sideName(side, as), long(chainage_m)].filter(Boolean).join(" ");
}

/** Whole metres, or kilometres. */
export const long = (value: number) => (value < 999.5 ? `${Math.round(value)} m` : `${(value / 1000).toFixed(2)} km`);

export const ago = (at: string | number) => t("my_ago", { span: span(Date.now() - new Date(at).getTime()) });

export function clock(at: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const time = new Date(at);
  return `${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
