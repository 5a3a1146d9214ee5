// The base map under our own layers: none, a local PMTiles file, or pictures that the service passes on.
import { addProtocol } from "maplibre-gl";
import type { LayerSpecification, Map as MapLibre } from "maplibre-gl";
import type { BaseMap } from "../answers";
import { ask } from "../api";
import { h } from "../dom";
import { redraw, whenStyled } from "../map";

const SOURCE = "basemap";

/** Draw it; `ready` gets a switch for it, and is not called where there is none. */
export async function baseMap(map: MapLibre, ready: (toggle: () => boolean, on: boolean) => void): Promise<void> {
  const found = await ask<BaseMap>("/api/basemap").catch(() => null);
  if (!found?.url) return;
  const layers = found.kind === "pmtiles" ? await addArchive(map, found.url) : addPictures(map, found.url, found.max_zoom);
  const credit = h("p", { id: "credit" }, found.attribution);
  if (found.attribution) document.body.append(credit);
  let on = true;
  whenStyled(map, () => {
    redraw(map);
    // Above the ground, below everything of ours.
    const { layers: ours } = map.getStyle();
    const above = ours[ours.findIndex(({ id }) => id === "land") + 1]?.id;
    for (const layer of layers()) map.addLayer(layer, above);
  });
  ready(() => {
    on = !on;
    credit.hidden = !on;
    redraw(map);
    for (const { id } of map.getStyle().layers) if (id.startsWith(SOURCE)) map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
    return on;
  }, on);
}

function addPictures(map: MapLibre, url: string, maxzoom: number): () => LayerSpecification[] {
  return () => {
    map.addSource(SOURCE, { type: "raster", tiles: [location.origin + url], tileSize: 256, maxzoom });
    return [picture()];
  };
}

const picture = (): LayerSpecification => ({ id: SOURCE, type: "raster", source: SOURCE, paint: { "raster-opacity": 0.65, "raster-saturation": -0.3 } });

/** The reader of PMTiles is loaded only where there is such a file. */
async function addArchive(map: MapLibre, url: string): Promise<() => LayerSpecification[]> {
  const { PMTiles, Protocol } = await import("pmtiles");
  const protocol = new Protocol();
  const archive = new PMTiles(location.origin + url);
  protocol.add(archive);
  addProtocol("pmtiles", protocol.tile);
  const [header, metadata] = await Promise.all([archive.getHeader(), archive.getMetadata()]);
  const VECTOR = 1;
  const names = ((metadata as { vector_layers?: { id: string }[] }).vector_layers ?? []).map(({ id }) => id);
  return () => {
    const address = `pmtiles://${location.origin}${url}`;
    map.addSource(SOURCE, { type: header.tileType === VECTOR ? "vector" : "raster", url: address, ...(header.tileType === VECTOR ? {} : { tileSize: 256 }) });
    return header.tileType === VECTOR ? names.flatMap(vector) : [picture()];
  };
}

/** Any schema: areas in faint grey, water by its name in blue, lines in grey; our own layers carry the rest. */
function vector(name: string): LayerSpecification[] {
  const of = { source: SOURCE, "source-layer": name } as const;
  const water = /water|ocean|river|lake/i.test(name);
  return [
    { id: `${SOURCE}-${name}`, type: "fill", ...of, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": water ? "#d5e4ef" : "#e3e2dc", "fill-opacity": 0.6 } },
    { id: `${SOURCE}-${name}-line`, type: "line", ...of, filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": water ? "#bcd3e4" : "#cfccc3", "line-width": 0.8 } },
  ];
}
