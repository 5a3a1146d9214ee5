// The whole map style, made from the declared layers: ground first, points last.
import type { FilterSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Layer, Layers, Swatch } from "../api";
import { CLUSTERS, clusters } from "./clusters";
import { coverage } from "./coverage";
import { density } from "./density";
import * as ground from "./ground";
import { gridBorders, gridNames, gridSource } from "./grids";
import { incidents, merchants, stations } from "./points";
import { catchments } from "../reach/draw";
import * as roads from "./roads";
import { sourcesOf } from "./sources";

const NONE: FilterSpecification = ["==", ["id"], -1];
// Ink on a white casing: no grid system has it.
const CHOSEN = "#16202f";
const CASING = "#ffffff";

/** The name that a layer, or one system of grids, is switched on and off by. */
export function toggleKey(layer: Layer, system = ""): string {
  return system ? `${layer.key}:${system}` : layer.key;
}

/** Whether a layer, or one system of grids, is on to begin with: of the grids the first system. */
export function isOnAtFirst(layer: Layer, system = ""): boolean {
  return layer.shown && (!system || layer.style.swatches[0]?.value === system);
}

/** The style with some of the layers only (by their toggles) and none of those that mark what is chosen. */
export function groundStyle(declared: Layers, toggles: string[]): StyleSpecification {
  const whole = makeStyle(declared);
  const layers = whole.layers.filter(({ id, metadata }) => {
    const toggle = (metadata as { toggle?: string } | undefined)?.toggle;
    return !id.startsWith("chosen") && (toggle === undefined || toggles.includes(toggle));
  });
  const used = new Set(layers.map((layer) => ("source" in layer ? layer.source : "")));
  const sources = Object.fromEntries(Object.entries(whole.sources).filter(([name]) => used.has(name)));
  return { ...whole, sources, layers };
}

export function makeStyle({ layers: declared, newest_report }: Layers): StyleSpecification {
  const by = Object.fromEntries(declared.map((layer) => [layer.key, layer]));
  const at = (key: string): Layer => {
    const layer = by[key];
    if (!layer) throw new Error(`the service declares no layer ${key}`);
    return layer;
  };
  const of = (key: string, draw: (layer: Layer) => LayerSpecification[]) => toggled(toggleKey(at(key)), isOnAtFirst(at(key)), draw(at(key)));
  const systems = at("grids").style.swatches;
  const ofGrids = (draw: (system: Swatch) => LayerSpecification[]) =>
    systems.flatMap((one) => toggled(toggleKey(at("grids"), one.value), isOnAtFirst(at("grids"), one.value), draw(one)));
  const gridSources = systems.map(({ value }) => gridSource(value));
  return {
    version: 8,
    sources: Object.assign({}, ...declared.map(sourcesOf)),
    layers: [
      ...ground.land(),
      ...of("catchments", catchments),
      ...of("compounds", ground.compounds),
      ...of("roads", roads.water),
      ...of("roads", roads.roadLines),
      ...of("roads", roads.roadSurfaces),
      ...of("roads", roads.rails),
      ...of("sides", roads.sides),
      ...of("density", density),
      ...of("segments", roads.axes),
      ...of("coverage", coverage),
      ...of("blocks", ground.blocks),
      ...chosenFills(gridSources),
      ...ofGrids((one) => gridBorders(at("grids"), one)),
      ...of("areas", ground.borders),
      ...chosenLines(gridSources),
      ...of("named_roads", roads.roadNames),
      ...of("blocks", ground.blockCodes),
      ...of("merchants", merchants),
      ...of("incidents", (layer) => incidents(layer, newest_report ?? 0)),
      ...of("compounds", ground.compoundNames),
      ...ofGrids(gridNames),
      ...of("areas", ground.areaNames),
      ...of("stations", stations),
      ...toggled(CLUSTERS, false, clusters(at("incidents"))),
    ],
  };
}

function toggled(toggle: string, on: boolean, drawn: LayerSpecification[]): LayerSpecification[] {
  const visibility = on ? "visible" : "none";
  return drawn.map((one) => ({ ...one, layout: { ...one.layout, visibility }, metadata: { toggle } }) as LayerSpecification);
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
  const lines = [...polygonSources(gridSources), ["segments", "segments"] as const, ["named_roads", "named_roads"] as const];
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
