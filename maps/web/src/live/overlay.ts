// Keeps the map current: changed incidents are drawn at once from a source of their own, and marked
// in their tiles by feature-state so that they are not drawn twice; of other layers only the tiles
// that a change touches are asked for again.
import type { CircleLayerSpecification, ExpressionSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Feature, Point } from "geojson";
import type { Change, Live } from "./client";
import { refresh } from "./tiles";

const SOURCE = "incidents-live";
const DRAWN = ["incidents-closed", "incidents"];
const MOVED: ExpressionSpecification = ["boolean", ["feature-state", "moved"], false];
// More than this are left to the tiles, so that a page open for weeks does not grow.
const MOST_DRAWN = 2_000;
const PAUSE_MS = 400;

export function followChanges(map: MapLibre, live: Live): void {
  const drawn = new Map<number, Feature<Point>>();
  const stale = new Map<string, Change["box"][]>();
  let timer = 0;

  const settle = () => {
    drawn.clear();
    show();
    map.removeFeatureState({ source: "incidents", sourceLayer: "incidents" });
    map.refreshTiles("incidents");
  };
  const show = () =>
    map.getSource<GeoJSONSource>(SOURCE)?.setData({ type: "FeatureCollection", features: [...drawn.values()] });
  const take = (change: Change) => {
    map.setFeatureState({ source: "incidents", sourceLayer: "incidents", id: change.id! }, { moved: true });
    const feature = pointOf(change);
    if (feature) drawn.set(change.id!, feature);
    else drawn.delete(change.id!);
  };
  const ask = () => {
    timer = 0;
    for (const [source, boxes] of stale) for (const box of unite(boxes)) refresh(map, source, box);
    stale.clear();
  };
  const leave = (change: Change) => {
    for (const source of sourcesOf(map, change.layer)) stale.set(source, [...(stale.get(source) ?? []), change.box]);
    if (!timer) timer = window.setTimeout(ask, PAUSE_MS);
  };

  const start = () => {
    addLayers(map);
    live.listen({
      changes: (changes) => {
        const points = changes.filter(({ layer, id }) => layer === "incidents" && id !== undefined);
        points.forEach(take);
        if (drawn.size > MOST_DRAWN) settle();
        else if (points.length) show();
        for (const change of changes) if (!points.includes(change)) leave(change);
      },
      reset: () => {
        settle();
        for (const source of Object.keys(map.getStyle().sources)) if (isTiled(map, source)) map.refreshTiles(source);
      },
    });
  };
  if (map.isStyleLoaded()) start();
  else map.once("load", start);
}

function pointOf({ id, op, lon, lat, feature }: Change): Feature<Point> | null {
  if (op === "delete" || lon === undefined || lat === undefined) return null;
  const properties = Object.fromEntries(Object.entries(feature ?? {}).filter(([, value]) => value !== null));
  return { type: "Feature", id: id!, geometry: { type: "Point", coordinates: [lon, lat] }, properties };
}

/** The layers of incidents a second time, over the source of what changed. */
function addLayers(map: MapLibre): void {
  map.addSource(SOURCE, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  const layers = map.getStyle().layers.filter((layer): layer is CircleLayerSpecification => DRAWN.includes(layer.id));
  for (const layer of layers) {
    const { "source-layer": _, ...rest } = layer;
    const next = map.getStyle().layers;
    map.addLayer({ ...rest, id: `${layer.id}-live`, source: SOURCE }, next[next.findIndex(({ id }) => id === layer.id) + 1]?.id);
    for (const name of ["circle-opacity", "circle-stroke-opacity"] as const) {
      const usual = map.getPaintProperty(layer.id, name) as ExpressionSpecification | number | undefined;
      map.setPaintProperty(layer.id, name, ["case", MOVED, 0, usual ?? 1]);
    }
  }
}

function isTiled(map: MapLibre, source: string): boolean {
  return map.getSource(source)?.type === "vector";
}

/** The sources that draw a layer: one each, and one for each system of grids. */
function sourcesOf(map: MapLibre, layer: string): string[] {
  return Object.keys(map.getStyle().sources).filter(
    (source) => isTiled(map, source) && (source === layer || source.startsWith(`${layer}-`) || source.startsWith(`${layer}:`)));
}

/** Many boxes as one; anywhere (null) swallows all. */
function unite(boxes: Change["box"][]): Change["box"][] {
  const known = boxes.filter((box) => box !== null);
  if (known.length < boxes.length) return [null];
  if (known.length < 8) return known;
  const side = (at: 0 | 1 | 2 | 3, pick: (...values: number[]) => number) => pick(...known.map((box) => box[at]));
  return [[side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max)]];
}
