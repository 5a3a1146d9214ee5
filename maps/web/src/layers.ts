// The layers panel: a switch and a legend for each declared layer, grouped as declared.
import type { Map as MapLibre } from "maplibre-gl";
import type { District, Layer, Swatch } from "./api";
import { clusterLegend } from "./clusters";
import { CLUSTER_COLOUR, CLUSTERS } from "./draw/clusters";
import { gather } from "./draw/sources";
import { isOnAtFirst, toggleKey } from "./draw/style";
import { h } from "./dom";
import { fade, readFades, writeFades } from "./fade";
import type { Fresh } from "./fresh";
import { inBoth, named, number, t, whenLanguage } from "./i18n";
import { retile, setVisible, whenStyled } from "./map";

const COUNTED: Record<string, string> = {
  incidents: "incident", merchants: "merchant", stations: "station", blocks: "block", compounds: "compound",
  areas: "area", named_roads: "road",
};

interface Row {
  toggle: string;
  layer: Layer;
  name: { zh: string; en: string };
  colour: string;
  legend: Swatch[];
  on: boolean;
  /** 0 to 100: how strongly it is drawn. */
  strength: number;
}

export interface LayersPanel {
  element: HTMLElement;
  /** Switch a layer on or off, as if by hand. */
  turn(toggle: string, on: boolean): void;
  /** Give what is switched by this name a legend of its own, such as one that follows what is in view. */
  setLegend(toggle: string, legend: HTMLElement): void;
}

export function layersPanel(map: MapLibre, fresh: Fresh): LayersPanel {
  const panel = h("div", { class: "layers" });
  const live: Record<string, HTMLElement> = { [CLUSTERS]: clusterLegend(Math.max(...fresh.declared.layers.map(({ clusters }) => clusters))) };
  let rows = fresh.declared.layers.flatMap(rowsOf);
  const given = readFades();
  for (const row of rows) row.strength = given.get(row.toggle) ?? 100;
  whenStyled(map, () => {
    for (const { toggle, strength } of rows) if (strength < 100) fade(map, toggle, strength / 100);
  });
  const keep = () => writeFades(rows.map(({ toggle, strength }) => [toggle, strength]));
  const render = () => {
    panel.replaceChildren(
      ...fresh.declared.groups.map((group) =>
        h("fieldset", {},
          h("legend", {}, named(group)),
          ...rows.filter(({ layer }) => layer.group === group.key)
            .map((row) => h("div", { class: "layer" }, switchOf(map, fresh.district, row), fader(map, row, keep), live[row.toggle] ?? legend(row))))),
    );
    greyOut(map, panel);
  };
  /** Render, and leave the keyboard where it is. */
  const refill = () => {
    const focus = panel.querySelector<HTMLElement>(":focus")?.dataset["toggle"];
    render();
    if (focus) panel.querySelector<HTMLElement>(`[data-toggle="${focus}"]`)?.focus();
  };
  whenLanguage(render);
  fresh.when((changed) => {
    if (!changed.length) return;
    const before = new Map(rows.map((row) => [row.toggle, row]));
    // A grid system that is new since the page was opened has nothing on the map to switch.
    rows = fresh.declared.layers.flatMap(rowsOf).filter(({ toggle }) => before.has(toggle))
      .map((row) => ({ ...row, on: before.get(row.toggle)!.on, strength: before.get(row.toggle)!.strength }));
    refill();
  });
  map.on("zoomend", () => greyOut(map, panel));
  return {
    element: panel,
    turn(toggle, on) {
      for (const row of rows) if (row.toggle === toggle) turn(map, row, on);
      refill();
    },
    setLegend(toggle, legend) {
      live[toggle] = legend;
      refill();
    },
  };
}

function rowsOf(layer: Layer): Row[] {
  const { swatches, colour } = layer.style;
  if (layer.key !== "grids") {
    const row = { toggle: toggleKey(layer), layer, name: layer, colour, legend: swatches, on: isOnAtFirst(layer), strength: 100 };
    return layer.clusters ? [row, { ...row, toggle: CLUSTERS, name: inBoth("clusters"), colour: CLUSTER_COLOUR, legend: [], on: false }] : [row];
  }
  return swatches.map((system) => ({
    toggle: toggleKey(layer, system.value), layer, name: system, colour: system.colour, legend: [], on: isOnAtFirst(layer, system.value), strength: 100,
  }));
}

function turn(map: MapLibre, row: Row, on: boolean): void {
  row.on = on;
  setVisible(map, row.toggle, on);
  if (row.toggle !== CLUSTERS) return;
  gather(on);
  retile(map, row.layer);
}

function switchOf(map: MapLibre, district: District, row: Row): HTMLElement {
  const count = district.counts[COUNTED[row.toggle] ?? ""];
  const box = h("input", {
    type: "checkbox", role: "switch", "data-toggle": row.toggle,
    onchange: () => turn(map, row, box.checked),
  });
  box.checked = row.on;
  return h("label", { class: "row", "data-min-zoom": row.layer.min_zoom },
    sample(row.layer, row.colour),
    h("span", { class: "name" }, named(row.name)),
    h("span", { class: "closer" }, t("closer")),
    count !== undefined && h("span", { class: "count" }, number(count)),
    box, h("i", { class: "switch", "aria-hidden": "true" }));
}

function fader(map: MapLibre, row: Row, keep: () => void): HTMLElement {
  const slider = h("input", {
    type: "range", min: 10, max: 100, step: 5, class: "fade", "aria-label": t("opacity_of", { layer: named(row.name) }), title: t("opacity_of", { layer: named(row.name) }),
    oninput: () => {
      row.strength = Number(slider.value);
      slider.classList.toggle("full", row.strength === 100);
      fade(map, row.toggle, row.strength / 100);
    },
    onchange: keep,
  });
  slider.value = String(row.strength);
  slider.classList.toggle("full", row.strength === 100);
  return slider;
}

function legend(row: Row): HTMLElement | null {
  if (row.legend.length === 0) return null;
  const entries = row.legend.map((one) => h("li", {}, sample(row.layer, one.colour), named(one)));
  if (row.layer.key === "incidents") {
    entries.push(
      h("li", {}, sample(row.layer, row.colour), t("other_classes")),
      h("li", { class: "wide" }, sample(row.layer, row.colour, "open"), t("open")),
      h("li", { class: "wide" }, sample(row.layer, row.colour, "closed"), t("closed")));
  }
  return h("ul", { class: "legend" }, ...entries);
}

function sample({ style }: Layer, colour: string, state = ""): HTMLElement {
  const mark = h("i", { class: `sample ${style.shape} ${state}`, "aria-hidden": "true" });
  mark.style.setProperty("--colour", colour);
  return mark;
}

function greyOut(map: MapLibre, panel: HTMLElement): void {
  for (const row of panel.querySelectorAll<HTMLElement>(".row")) {
    row.classList.toggle("too-far", Math.floor(map.getZoom()) < Number(row.dataset["minZoom"]));
  }
}
