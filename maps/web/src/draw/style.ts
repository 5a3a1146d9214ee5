// The whole map style, made from the declared layers: ground first, points last.
import type { FilterSpecification, LayerSpecification, StyleSpecification, VectorSourceSpecification } from "maplibre-gl";
import type { Layer, Layers } from "../api";
import * as ground from "./ground";
import { gridBorders, gridNames, gridSource } from "./grids";
import { incidents, merchants, stations } from "./points";
import * as roads from "./roads";

const NONE: FilterSpecification = ["==", ["id"], -1];
// Ink on a white casing: no grid system has it.
const CHOSEN = "#16202f";
const CASING = "#ffffff";

/** The name that a layer, or one system of grids, is switched on and off by. */
export function toggleKey(layer: Layer, system = ""): string {
  return system ? `${layer.key}:${system}` : layer.key;
}

export function makeStyle({ layers: declared, newest_report }: Layers): StyleSpecification {
  const by = Object.fromEntries(declared.map((layer) => [layer.key, layer]));
  const at = (key: string): Layer => {
    const layer = by[key];
    if (!layer) throw new Error(`the service declares no layer ${key}`);
    return layer;
  };
  const systems = at("grids").style.swatches;
  return {
    version: 8,
    sources: makeSources(declared),
    layers: [
      ...ground.land(),
      ...toggled("compounds", ground.compounds(at("compounds"))),
      ...toggled("roads", roads.water(at("roads"))),
      ...toggled("roads", [...roads.roadLines(at("roads")), ...roads.roadSurfaces(at("roads")), ...roads.rails()]),
      ...toggled("blocks", ground.blocks(at("blocks"))),
      ...chosenFills(systems.map(({ value }) => gridSource(value))),
      ...systems.flatMap((one) => toggled(`grids:${one.value}`, gridBorders(at("grids"), one))),
      ...toggled("areas", ground.borders(at("areas"))),
      ...chosenLines(systems.map(({ value }) => gridSource(value))),
      ...toggled("segments", roads.roadNames(at("segments"))),
      ...toggled("blocks", ground.blockCodes()),
      ...toggled("merchants", merchants(at("merchants"))),
      ...toggled("incidents", incidents(at("incidents"), newest_report ?? 0)),
      ...toggled("compounds", ground.compoundNames()),
      ...systems.flatMap((one) => toggled(`grids:${one.value}`, gridNames(one))),
      ...toggled("areas", ground.areaNames(at("areas"))),
      ...toggled("stations", stations()),
    ],
  };
}

function makeSources(declared: Layer[]): Record<string, VectorSourceSpecification> {
  const sources: Record<string, VectorSourceSpecification> = {};
  for (const layer of declared) {
    const names = layer.key === "grids" ? layer.style.swatches.map(({ value }) => value) : [""];
    for (const system of names) {
      const query = system ? `?system=${encodeURIComponent(system)}` : "";
      sources[system ? gridSource(system) : layer.key] = {
        type: "vector",
        tiles: [`${location.origin}/tiles/${layer.key}/{z}/{x}/{y}.mvt${query}`],
        minzoom: layer.min_zoom,
        maxzoom: layer.max_zoom,
      };
    }
  }
  return sources;
}

function toggled(toggle: string, layers: LayerSpecification[]): LayerSpecification[] {
  return layers.map((layer) => ({ ...layer, metadata: { toggle } }));
}

// What was chosen (an area, block, grid or road) is outlined. Hidden until then, so that the tiles of
// a grid system that is switched off are not asked for; `choose` in map.ts shows it.
function chosenFills(gridSources: string[]): LayerSpecification[] {
  return polygonSources(gridSources).map(([source, part]) => ({
    id: `chosen-fill-${source}`, type: "fill", source, "source-layer": part, filter: NONE, layout: { visibility: "none" },
    paint: { "fill-color": CHOSEN, "fill-opacity": 0.09 },
  }));
}

function chosenLines(gridSources: string[]): LayerSpecification[] {
  const lines = [...polygonSources(gridSources), ["segments", "road_names"] as const];
  const line = (prefix: string, source: string, part: string, colour: string, width: number): LayerSpecification => ({
    id: `${prefix}-${source}`, type: "line", source, "source-layer": part, filter: NONE,
    layout: { "line-join": "round", "line-cap": "round", visibility: "none" },
    paint: { "line-color": colour, "line-width": width },
  });
  return lines.flatMap(([source, part]) => [
    line("chosen-casing", source, part, CASING, 6),
    line("chosen", source, part, CHOSEN, 2.6),
  ]);
}

function polygonSources(gridSources: string[]): (readonly [source: string, part: string])[] {
  return [["areas", "areas"], ["compounds", "compounds"], ["blocks", "blocks"], ...gridSources.map((one) => [one, "grids"] as const)];
}
