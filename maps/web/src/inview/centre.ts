// Where a drawn feature is, as far as its tile tells.
import type { MapGeoJSONFeature } from "maplibre-gl";

type Point = [number, number];

export function centreOf({ geometry }: MapGeoJSONFeature): Point {
  if (geometry.type === "GeometryCollection") return [0, 0];
  const points = flat(geometry.coordinates);
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [mean(0), mean(1)];
}

function flat(coordinates: unknown): Point[] {
  const list = coordinates as unknown[];
  return typeof list[0] === "number" ? [list as Point] : list.flatMap(flat);
}
