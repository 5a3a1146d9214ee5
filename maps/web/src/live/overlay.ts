// Keeps the map current: changed incidents are drawn at once from a source of their own, and marked
// in their tiles by feature-state so that they are not drawn twice; of other layers only the tiles
// that a change touches are asked for again. Which tiles show what of `fresh` is said there.
import type { CircleLayerSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import type { Feature, Point } from "geojson";
import type { Change, Live } from "./client";
import { isNarrowed, whenChosen } from "../explore/chosen";
import type { Fresh, Touched } from "../fresh";
import { CLUSTERS } from "../draw/clusters";
import { isVisible } from "../map";

export const SOURCE = "incidents-live";
const DRAWN = ["incidents-closed", "incidents"];
// More than this are left to the tiles, so that a page open for weeks does not grow.
const MOST_DRAWN = 2_000;
const PAUSE_MS = 500;

export function followChanges(map: MapLibre, live: Live, fresh: Fresh): void {
  const drawn = new Map<number, Feature<Point>>();
  let stale: Touched = new Map();
  let timer = 0;

  const settle = () => {
    drawn.clear();
    show();
    map.removeFeatureState({ source: "incidents", sourceLayer: "incidents" });
  };
  const show = () =>
    map.getSource<GeoJSONSource>(SOURCE)?.setData({ type: "FeatureCollection", features: [...drawn.values()] });
  const take = (change: Change) => {
    map.setFeatureState({ source: "incidents", sourceLayer: "incidents", id: change.id! }, { moved: true });
    const feature = pointOf(change);
    if (feature) drawn.set(change.id!, feature);
    else drawn.delete(change.id!);
  };
  const look = () => {
    timer = 0;
    const touched = stale;
    stale = new Map();
    fresh.look(touched);
  };
  const leave = ({ layer, box }: Change) => {
    stale.set(layer, [...(stale.get(layer) ?? []), box]);
    if (!timer) timer = window.setTimeout(look, PAUSE_MS);
  };

  const start = () => {
    addLayers(map);
    live.listen({
      changes: (changes) => {
        // Whether a case passes a filter only the service can say: with one the tiles are asked anew.
        const points = isNarrowed() ? [] : changes.filter(({ layer, id }) => layer === "incidents" && id !== undefined);
        points.forEach(take);
        if (drawn.size > MOST_DRAWN) {
          settle();
          leave({ ...points[0]!, box: null });
        } else if (points.length) show();
        // A cluster's number is its tile's; what changed stays a point of its own above it.
        for (const change of changes) if (!points.includes(change) || isVisible(map, CLUSTERS)) leave(isNarrowed() && change.layer === "incidents" ? { ...change, box: null } : change);
      },
      reset: () => {
        settle();
        fresh.look(new Map());
      },
    });
  };
  whenChosen(settle);
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
  }
}
