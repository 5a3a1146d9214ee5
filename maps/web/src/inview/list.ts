// What is drawn in view, as a list: hovering or focusing a row shows it on the map, and the other way round.
import { Marker } from "maplibre-gl";
import type { MapGeoJSONFeature, Map as MapLibre } from "maplibre-gl";
import type { Layers } from "../api";
import { isCluster, openCluster } from "../clusters";
import { gridSource } from "../draw/grids";
import { h, isPhone } from "../dom";
import { language, named, number, t, tValue, whenLanguage } from "../i18n";
import { framePadding, glance, isVisible, whenPointed } from "../map";
import type { Visits } from "../visit";
import { centreOf } from "./centre";

const LISTED = ["incidents", "merchants", "stations", "grids", "blocks", "compounds"];
const MOST = 100;

export function inViewPanel(map: MapLibre, declared: Layers, visit: Visits): HTMLElement {
  const select = h("select", { id: "inview-layer", onchange: () => render() });
  const label = h("label", { for: "inview-layer" });
  const status = h("p", { class: "note", role: "status" });
  const list = h("ul", { class: "rows" });
  const panel = h("div", { class: "inview" }, h("div", { class: "pick" }, label, select), status, list);
  const halo = new Marker({ element: h("div", { class: "halo", "aria-hidden": "true" }) });
  const rows = new Map<string, HTMLElement>();
  const layersOf = (key: string) => drawnLayers(map, key, declared);
  const shown = () => panel.checkVisibility();

  let listed = "";

  const light = (feature: MapGeoJSONFeature | null) => {
    halo.remove();
    if (feature?.geometry.type === "Point") halo.setLngLat(centreOf(feature)).addTo(map);
    else glance(map, feature && { source: feature.source, id: Number(feature.id) });
  };
  const open = (feature: MapGeoJSONFeature) => {
    light(null);
    if (isCluster(feature)) openCluster(map, feature.properties);
    else if (select.value === "incidents") visit.place(centreOf(feature));
    else visit.open({ layer: select.value, id: Number(feature.id) });
  };
  const row = (feature: MapGeoJSONFeature) => {
    const { name, detail, kind } = tell(select.value, feature, declared);
    const entry = h("button", {
      type: "button", class: "entry", "data-feature": keyOf(feature), onclick: () => open(feature),
      onmouseenter: () => light(feature), onmouseleave: () => light(null), onfocus: () => light(feature), onblur: () => light(null),
    }, h("span", { class: "name" }, name), h("span", { class: "kind" }, kind), h("span", { class: "detail" }, detail));
    rows.set(keyOf(feature), entry);
    return h("li", {}, entry);
  };
  const render = () => {
    if (!shown()) return;
    const layers = layersOf(select.value);
    const found = layers.length ? unique(map.queryRenderedFeatures(freeBox(map), { layers })) : [];
    // Rows stay as they are while the same things are in view: somebody may be on one of them.
    const now = [select.value, language(), layers.length, ...found.map(keyOf)].join();
    if (now === listed) return;
    listed = now;
    const focus = list.querySelector<HTMLElement>(":focus")?.dataset["feature"];
    rows.clear();
    list.replaceChildren(...found.slice(0, MOST).map(row));
    status.textContent = !layers.length ? t("inview_off") : found.length > MOST ? t("inview_some", { n: MOST, all: number(found.length) })
      : found.length ? t("inview_all", { n: number(found.length) }) : t("inview_none");
    if (focus) rows.get(focus)?.focus();
  };
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = [...rows.values()];
    all[all.indexOf(document.activeElement as HTMLElement) + step]?.focus();
    event.preventDefault();
  });
  map.on("idle", render);
  whenPointed(map, ({ point }) => {
    if (!shown()) return;
    const layers = layersOf(select.value);
    const under = layers.length ? map.queryRenderedFeatures([[point.x - 4, point.y - 4], [point.x + 4, point.y + 4]], { layers }) : [];
    const keys = new Set(under.map(keyOf));
    for (const [key, entry] of rows) entry.classList.toggle("lit", keys.has(key));
    list.querySelector(".lit")?.scrollIntoView({ block: "nearest" });
  });
  // The panel is filled when its tab is opened.
  new ResizeObserver(render).observe(panel);
  whenLanguage(() => {
    const chosen = select.value || LISTED[0]!;
    label.textContent = t("inview_what");
    select.replaceChildren(...LISTED.flatMap((key) => declared.layers.filter((layer) => layer.key === key)).map((layer) => h("option", { value: layer.key }, named(layer))));
    select.value = chosen;
    render();
  });
  return panel;
}

/** The visible style layers that draw the features of a declared layer; of grids the systems that are on. */
function drawnLayers(map: MapLibre, key: string, { layers }: Layers): string[] {
  const grids = layers.find((layer) => layer.key === "grids")?.style.swatches.map(({ value }) => gridSource(value)) ?? [];
  const sources = key === "grids" ? grids : [key];
  return map.getStyle().layers
    .filter((layer) => "source" in layer && sources.includes(layer.source) && !layer.id.startsWith("chosen-") && isVisible(map, layer.id))
    .map(({ id }) => id);
}

/** The part of the map that no panel covers. */
function freeBox(map: MapLibre): [[number, number], [number, number]] {
  const { clientWidth, clientHeight } = map.getContainer();
  if (isPhone()) return [[0, 0], [clientWidth, clientHeight]];
  const { left, right } = framePadding();
  return [[(left ?? 0) - 24, 0], [clientWidth - (right ?? 0) + 40, clientHeight]];
}

function unique(features: MapGeoJSONFeature[]): MapGeoJSONFeature[] {
  return [...new Map(features.map((feature) => [keyOf(feature), feature])).values()];
}

/** Features of a layer are told apart by their ids; clusters have cells' numbers. */
function keyOf(feature: MapGeoJSONFeature): string {
  return `${isCluster(feature) ? "cluster-" : ""}${feature.id}`;
}

function tell(layer: string, feature: MapGeoJSONFeature, declared: Layers): { name: string; kind: string; detail: string } {
  const { properties } = feature;
  const of = (name: string) => String(properties[name] ?? "");
  if (isCluster(feature)) return { name: t("cluster_of", { n: number(Number(properties["count"])) }), kind: "", detail: t("cluster_open") };
  if (layer === "incidents") {
    return { name: of("class"), kind: properties["open"] ? t("open") : "", detail: [of("status") && tValue("status", of("status")), of("address"), of("code")].filter(Boolean).join(" · ") };
  }
  if (layer === "stations") return { name: of("name"), kind: tValue("tier", of("tier")), detail: of("address") };
  if (layer === "merchants") return { name: of("name") || t("kind_merchant"), kind: of("listed") && tValue("listed", of("listed")), detail: [of("category"), of("address")].filter(Boolean).join(" · ") };
  const system = declared.layers.find(({ key }) => key === "grids")?.style.swatches.find(({ value }) => value === of("system"));
  const people = of("households") && `${of("households")} ${t("households")}`;
  return { name: of("name") || of("code") || t("kind_block"), kind: system ? named(system) : people, detail: of("name") ? of("code") : "" };
}
