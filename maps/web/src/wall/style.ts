// The district in the dark: ground, water and roads quiet, open cases bright.
import type { FilterSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Layers } from "../api";
import { byZoom as plain } from "../draw/colours";
import { sourcesOf } from "../draw/sources";
import { REGULAR } from "../draw/text";

const SHOWN = ["areas", "roads", "segments", "grids", "incidents"];
// The size of letters on a display 1920 pixels wide; from there on all grows with the display.
const LETTER_PX = 18.8;
const WATER: ["in", ["get", string], ["literal", string[]]] = ["in", ["get", "kind"], ["literal", ["river", "water"]]];

const ROAD: FilterSpecification = ["==", ["get", "kind"], "road"];

export function darkStyle({ layers: declared }: Layers): StyleSpecification {
  const grown = Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / LETTER_PX);
  /** What is `size` pixels at a zoom of a display 1920 pixels wide: the same share of a larger one. */
  const byZoom = (...stops: [zoom: number, size: number][]) => plain(...stops.map(([zoom, size]) => [zoom + Math.log2(grown), size * grown] as [number, number]));
  const sources = Object.assign({}, ...declared.filter(({ key }) => SHOWN.includes(key)).map(sourcesOf)) as StyleSpecification["sources"];
  const layers: LayerSpecification[] = [
    { id: "night", type: "background", paint: { "background-color": "#0a1322" } },
    { id: "land", type: "fill", source: "areas", "source-layer": "areas", filter: ["==", ["get", "level"], "street"], paint: { "fill-color": "#14233b" } },
    { id: "water", type: "fill", source: "roads", "source-layer": "roads", filter: WATER, paint: { "fill-color": "#0c3a5e" } },
    { id: "road-lines", type: "line", source: "segments", "source-layer": "segments", filter: ROAD, layout: { "line-cap": "round" }, paint: { "line-color": "#31466b", "line-width": byZoom([10, 0.6], [13, 1.6], [15, 3]), "line-opacity": plain([12, 0.75], [14, 0]) } },
    { id: "road", type: "fill", source: "roads", "source-layer": "roads", filter: ["!", WATER], minzoom: 13, paint: { "fill-color": "#2b3d5a", "fill-opacity": 0.9 } },
    { id: "grids", type: "line", source: "grids-management", "source-layer": "grids", minzoom: 11, paint: { "line-color": "#3f5f8f", "line-width": byZoom([11, 0.4], [15, 1.4]), "line-opacity": 0.7 } },
    { id: "worst-fill", type: "fill", source: "grids-management", "source-layer": "grids", filter: ["==", ["id"], -1], paint: { "fill-color": "#ffd166", "fill-opacity": 0.12 } },
    { id: "streets", type: "line", source: "areas", "source-layer": "areas", filter: ["==", ["get", "level"], "street"], paint: { "line-color": "#6b8fc4", "line-width": byZoom([10, 1], [14, 2.4]) } },
    { id: "worst", type: "line", source: "grids-management", "source-layer": "grids", filter: ["==", ["id"], -1], layout: { "line-join": "round" }, paint: { "line-color": "#ffd166", "line-width": 4 * grown } },
    {
      id: "glow", type: "circle", source: "cases",
      paint: { "circle-radius": byZoom([10, 6], [15, 18]), "circle-color": ["case", ["get", "late"], "#ff7a59", "#4cc9f0"], "circle-opacity": 0.2, "circle-blur": 0.7 },
    },
    {
      id: "open", type: "circle", source: "cases",
      paint: {
        "circle-radius": byZoom([10, 2.6], [15, 7]), "circle-color": ["case", ["get", "late"], "#ff7a59", "#4cc9f0"],
        // Late ones have a white rim, so that colour is not needed to tell them.
        "circle-stroke-color": "#ffffff", "circle-stroke-width": ["case", ["get", "late"], 1.4 * grown, 0],
      },
    },
    {
      id: "new", type: "circle", source: "cases", filter: ["get", "fresh"],
      paint: { "circle-radius": byZoom([10, 16], [15, 30]), "circle-opacity": 0, "circle-stroke-color": "#ffffff", "circle-stroke-width": 3 * grown },
    },
    {
      id: "street-names", type: "symbol", source: "areas", "source-layer": "areas_labels", filter: ["==", ["get", "level"], "street"],
      layout: { "text-field": ["get", "name"], "text-font": REGULAR, "text-size": byZoom([10, 15], [14, 24]), "text-letter-spacing": 0.1 },
      paint: { "text-color": "#b9cdec", "text-halo-color": "#0a1322", "text-halo-width": 2 * grown },
    },
  ];
  delete sources["incidents"];
  return { version: 8, sources: { ...sources, cases: { type: "geojson", data: { type: "FeatureCollection", features: [] } } }, layers };
}
