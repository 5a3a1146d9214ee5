// Which tiles a box lies in: those are asked for again, and no others.
import type { Map as MapLibre, VectorTileSource } from "maplibre-gl";

type Box = [west: number, south: number, east: number, north: number];
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

/** Ask again for the tiles of a source that touch the box; for all where there is no box. */
export function refresh(map: MapLibre, source: string, box: Box | null): void {
  const held = map.getSource<VectorTileSource>(source);
  if (!held) return;
  if (!box) return map.refreshTiles(source);
  const least = Math.max(held.minzoom, Math.floor(map.getZoom()) - 2);
  const tiles: TileId[] = [];
  for (let z = least; z <= held.maxzoom; z++) {
    const some = tilesOf(box, z);
    if (some.length === 0) return map.refreshTiles(source);
    tiles.push(...some);
  }
  map.refreshTiles(source, tiles);
}
