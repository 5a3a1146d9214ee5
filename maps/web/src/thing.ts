// A thing that was clicked: an incident, merchant or station, told from its tile's attributes.
import type { MapGeoJSONFeature } from "maplibre-gl";
import { h } from "./dom";
import { t, tValue } from "./i18n";
import type { Ways } from "./unit/content";

export const CLICKABLE = ["stations", "incidents", "merchants", "incidents-closed", "incidents-live", "incidents-closed-live"];

export interface Thing {
  kind: "incident" | "merchant" | "station";
  id: number;
  title: string;
  at: [number, number];
  tags: string[];
  lines: string[];
}

type Told = Pick<Thing, "title" | "tags" | "lines">;

const TELL: Record<Thing["kind"], (said: Record<string, string>) => Told> = {
  incident: (said) => ({
    title: said["class"] ?? "",
    tags: [said["status"] ? tValue("status", said["status"]) : "", said["subclass"] ?? ""],
    lines: [said["code"] ?? "", ago(Number(said["reported_at"])), said["address"] ?? ""],
  }),
  merchant: (said) => ({
    title: said["name"] ?? t("kind_merchant"),
    tags: [said["listed"] ? tValue("listed", said["listed"]) : "", said["category"] ?? "", said["stars"] ? t("stars", { n: said["stars"] }) : ""],
    lines: [said["address"] ?? "", said["code"] ?? ""],
  }),
  station: (said) => ({
    title: said["name"] ?? "",
    tags: [tValue("tier", said["tier"] ?? "")],
    lines: [said["address"] ?? "", said["code"] ?? ""],
  }),
};

export function thingOf(feature: MapGeoJSONFeature): Thing | null {
  if (feature.geometry.type !== "Point") return null;
  const kind = { incidents: "incident", "incidents-live": "incident", merchants: "merchant", stations: "station" }[feature.source] as Thing["kind"];
  const said = Object.fromEntries(Object.entries(feature.properties).map(([name, value]) => [name, String(value)]));
  const [lon, lat] = feature.geometry.coordinates;
  return { kind, id: Number(feature.id), at: [lon!, lat!], ...TELL[kind](said) };
}

function ago(reported: number): string {
  const days = Math.floor((Date.now() / 1000 - reported) / 86_400);
  if (!Number.isFinite(days)) return "";
  return days < 1 ? t("today") : t("days_ago", { n: days });
}

export function thingCard({ kind, id, tags, lines }: Thing, ways: Ways): HTMLElement {
  return h("section", { class: `thing ${kind}` },
    h("p", { class: "tags" }, h("span", { class: `tag ${kind}` }, tValue("kind", kind)), ...tags.filter(Boolean).map((tag) => h("span", { class: "tag" }, tag))),
    ...lines.filter(Boolean).map((line) => h("p", { class: "facts" }, line)),
    kind !== "incident" && h("button", { type: "button", class: "link", onclick: () => ways.unit({ layer: `${kind}s`, id }) }, t("unit_more")));
}
