// Which tiles a box lies in: those are asked for again, and no others.
import type { Map as MapLibre, VectorTileSource } from "maplibre-gl";

export type Box = [west: number, south: number, east: number, north: number];
interface TileId { z: number; x: number; y: number }

const MOST_TILES = 64;

export function tilesOf([west, south, east, north]: Box, z: number): TileId[] {
  const [left, top] = tileAt(west, north, z);
  const [right, bottom] = tileAt(east, south, z);
  if ((right - left + 1) * (bottom - top + 1) > MOST_TILES) return [];
  const tiles: TileId[] = [];
  for (let x = left; x <= right; x++) for (let y = top; y <= bottom; y++) tiles.push({ z, x, y });
  return tiles;
}

function tileAt(lon: number, lat: number, z: number): [number, number] {
  const count = 2 ** z;
  const sin = Math.sin((Math.max(-85.05, Math.min(85.05, lat)) * Math.PI) / 180);
  const cut = (value: number) => Math.max(0, Math.min(count - 1, Math.floor(value * count)));
  return [cut((lon + 180) / 360), cut(0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI))];
}

/** Ask again for the tiles of a source that touch one of the boxes, and for no others; from now on at `tiles`. */
export function refresh(map: MapLibre, name: string, tiles: string[], boxes: Box[]): void {
  const source = map.getSource<VectorTileSource>(name);
  if (!source) return;
  const wanted = new Map<string, TileId>();
  for (const box of boxes) {
    for (let z = source.minzoom; z <= source.maxzoom; z++) {
      const some = tilesOf(box, z);
      if (some.length === 0) return void source.setTiles(tiles);
      for (const id of some) wanted.set(`${id.z}/${id.x}/${id.y}`, id);
    }
  }
  // `setTiles` would drop all that is on the map and was not touched.
  source.tiles = tiles;
  map.refreshTiles(name, [...wanted.values()]);
}
