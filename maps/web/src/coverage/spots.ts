// Blind spots as lists; each row flies to its place.
import { h } from "../dom";
import { number, t } from "../i18n";
import { km } from "./figures";
import { bounds } from "./service";
import type { Blind, BlindCompound, BlindPlace, Box, Cluster, FarCompound } from "./service";

export const FIRST = ["metres", "hollow", "merchants", "households", "incidents", "compounds", "clusters", "far"] as const;
export type First = (typeof FIRST)[number];
export type Go = (box: [number, number, number, number]) => void;

const metres = (value: number) => (value < 1000 ? `${Math.round(value)} m` : `${km(value)} km`);
const whole = (value: number | null) => (value === null ? "<5" : number(Math.round(value)));

export function spotsList(blind: Blind, first: First, go: Go): HTMLElement[] {
  if (first === "compounds") return list(t("coverage_compounds_note", { n: number(blind.counts.compounds) }), blind.compounds, compound, go);
  if (first === "far") return list(t("coverage_out_note", { n: number(blind.counts.far) }), blind.far, far, go);
  if (first === "clusters") {
    const note = t("coverage_clusters_note", { least: blind.cluster, n: number(blind.counts.clusters) });
    return list(note, blind.clusters, cluster, go);
  }
  return list(t("coverage_blind_note", { n: number(blind.counts.places) }), blind.places, (one) => place(one, first), go);
}

function list<T extends Box>(note: string, rows: T[], line: (one: T) => HTMLElement[], go: Go): HTMLElement[] {
  if (rows.length === 0) return [h("p", { class: "empty" }, t("coverage_nothing"))];
  return [
    h("p", { class: "note" }, note),
    h("ol", { class: "rows" }, ...rows.map((one) =>
      h("li", {}, h("button", { type: "button", "data-spot": "", onclick: () => go(bounds(one)) }, ...line(one))))),
  ];
}

function place(one: BlindPlace, first: First): HTMLElement[] {
  const name = `${one.road || t("coverage_unnamed")} · ${one.community_name || t("coverage_none")}`;
  const much = {
    metres: metres(one.bare_m), hollow: metres(one.hollow_m), merchants: t("coverage_shops", { n: whole(one.merchants) }),
    households: t("coverage_homes", { n: whole(one.households) }), incidents: t("coverage_cases", { n: whole(one.incidents) }),
    compounds: "", clusters: "", far: "",
  }[first];
  const detail = t("coverage_place", { bare: metres(one.bare_m), shops: whole(one.merchants), cases: whole(one.incidents) });
  const hollow = one.hollow_m >= 1 && first !== "hollow" ? ` · ${t("coverage_place_hollow", { hollow: metres(one.hollow_m) })}` : "";
  return row(name, much, detail + hollow);
}

function compound(one: BlindCompound): HTMLElement[] {
  const homes = one.households > 0 ? t("coverage_homes", { n: whole(one.households) }) : t("coverage_homes_unknown");
  return row(one.name, homes, one.faced ? "" : t("coverage_far"));
}

function far(one: FarCompound): HTMLElement[] {
  const homes = one.households === null ? t("coverage_homes_unknown") : t("coverage_homes", { n: whole(one.households) });
  const walk = one.minutes === null ? t("coverage_cut_off") : t("coverage_walk", { n: Math.round(one.minutes), station: one.station_name ?? "" });
  return row(one.name, homes, walk);
}

function cluster(one: Cluster): HTMLElement[] {
  return row(one.address || one.road || t("coverage_unnamed"), t("coverage_cases", { n: one.count }), t("coverage_most", { class: one.class, n: one.of_class }));
}

function row(name: string, much: string, detail: string): HTMLElement[] {
  return [h("span", { class: "name" }, name), h("span", { class: "much" }, much), h("small", {}, detail)];
}
