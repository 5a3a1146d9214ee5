// The layers panel: a switch and a legend for each declared layer, grouped as declared.
import type { Map as MapLibre } from "maplibre-gl";
import type { District, Layer, Layers, Swatch } from "./api";
import { toggleKey } from "./draw/style";
import { h } from "./dom";
import { named, number, t, whenLanguage } from "./i18n";
import { setVisible } from "./map";

const COUNTED: Record<string, string> = {
  incidents: "incident", merchants: "merchant", stations: "station", blocks: "block", compounds: "compound",
  areas: "area", segments: "road",
};

interface Row {
  toggle: string;
  layer: Layer;
  name: { zh: string; en: string };
  colour: string;
  legend: Swatch[];
  on: boolean;
}

/** All rows of the panel with whether they are on; kept here so that a new language keeps them. */
export function layersPanel(map: MapLibre, district: District, { groups, layers }: Layers): HTMLElement {
  const rows = layers.flatMap(rowsOf);
  const panel = h("div", { class: "layers" });
  for (const row of rows) if (!row.on) whenStyled(map, () => setVisible(map, row.toggle, false));
  whenLanguage(() => {
    panel.replaceChildren(
      ...groups.map((group) =>
        h("fieldset", {},
          h("legend", {}, named(group)),
          ...rows.filter(({ layer }) => layer.group === group.key).map((row) => rowElement(map, district, row)))),
    );
    greyOut(map, panel);
  });
  map.on("zoomend", () => greyOut(map, panel));
  return panel;
}

export function whenStyled(map: MapLibre, act: () => void): void {
  if (map.isStyleLoaded()) act();
  else map.once("load", act);
}

function rowsOf(layer: Layer): Row[] {
  const { swatches, colour } = layer.style;
  if (layer.key !== "grids") {
    return [{ toggle: toggleKey(layer), layer, name: layer, colour, legend: swatches, on: true }];
  }
  return swatches.map((system, index) => ({
    toggle: toggleKey(layer, system.value), layer, name: system, colour: system.colour, legend: [], on: index === 0,
  }));
}

function rowElement(map: MapLibre, district: District, row: Row): HTMLElement {
  const count = district.counts[COUNTED[row.layer.key] ?? ""];
  const box = h("input", {
    type: "checkbox", role: "switch", "data-toggle": row.toggle,
    onchange: () => {
      row.on = box.checked;
      setVisible(map, row.toggle, row.on);
    },
  });
  box.checked = row.on;
  const head = h("label", { class: "row", "data-min-zoom": row.layer.min_zoom },
    sample(row.layer, row.colour),
    h("span", { class: "name" }, named(row.name)),
    h("span", { class: "closer" }, t("closer")),
    count !== undefined && h("span", { class: "count" }, number(count)),
    box, h("i", { class: "switch", "aria-hidden": "true" }));
  return h("div", { class: "layer" }, head, legend(row));
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
