// Keeps the open page up to date: the declared layers are asked for again, and what changed is drawn
// anew. Old tiles stay on the map until the new ones are there.
import type { Map as MapLibre } from "maplibre-gl";
import * as api from "./api";
import type { District, Layers } from "./api";
import { sourcesOf } from "./draw/sources";
import { makeStyle } from "./draw/style";
import { refresh } from "./live/tiles";
import type { Box } from "./live/tiles";
import { reloadTiles } from "./map";

const EVERY_MS = 60_000;

/** Where layers changed, by their keys; null: anywhere. */
export type Touched = Map<string, (Box | null)[]>;

export interface Fresh {
  district: District;
  declared: Layers;
  /** Call `listener` after each look, with the keys of the layers that changed since the last one. */
  when(listener: (changed: string[]) => void): void;
  /** Look now. Of a layer whose changes are known to lie in boxes, only these are drawn anew. */
  look(touched: Touched): void;
}

export function keepFresh(map: MapLibre, district: District, declared: Layers): Fresh {
  const listeners: ((changed: string[]) => void)[] = [];
  const fresh: Fresh = { district, declared, when: (listener) => void listeners.push(listener), look: (touched) => void look(touched) };
  let looking = false;
  let next: Touched | null = null;
  const look = async (touched: Touched = new Map()) => {
    if (looking) next = unite(next, touched);
    if (looking || (document.hidden && touched.size === 0)) return;
    looking = true;
    try {
      const now = await api.layers();
      const changed = changedKeys(fresh.declared, now);
      if (changed.length) {
        fresh.district = await api.district();
        restyle(map, fresh.declared, now);
        for (const key of changed) reload(map, now, key, touched.get(key));
      }
      fresh.declared = now;
      for (const listener of listeners) listener(changed);
    } catch (error) {
      console.warn("the layers could not be asked for; the next look is in a minute", error);
    } finally {
      looking = false;
    }
    const waiting = next;
    next = null;
    if (waiting?.size) void look(waiting);
  };
  window.setInterval(() => void look(), EVERY_MS);
  window.addEventListener("focus", () => void look());
  document.addEventListener("visibilitychange", () => void look());
  return fresh;
}

function unite(some: Touched | null, others: Touched): Touched {
  const all: Touched = new Map(some ?? []);
  for (const [key, boxes] of others) all.set(key, [...(all.get(key) ?? []), ...boxes]);
  return all;
}

function changedKeys(before: Layers, after: Layers): string[] {
  const known = new Map(before.layers.map(({ key, revision }) => [key, revision]));
  return after.layers.filter(({ key, revision }) => known.get(key) !== revision).map(({ key }) => key);
}

/** Where tiles have no revision in their address it stays the same one; they are asked for all the same. */
function reload(map: MapLibre, { layers }: Layers, key: string, boxes: (Box | null)[] = []): void {
  const known = boxes.filter((box) => box !== null);
  const layer = layers.find((one) => one.key === key);
  for (const [name, { tiles }] of Object.entries(layer ? sourcesOf(layer) : {})) {
    if (known.length && known.length === boxes.length) refresh(map, name, tiles ?? [], known);
    else reloadTiles(map, name, tiles ?? []);
  }
}

/** Colours that follow from the data, such as those of classes of incidents. */
function restyle(map: MapLibre, before: Layers, after: Layers): void {
  const old = new Map(makeStyle(before).layers.map((layer) => [layer.id, layer]));
  for (const { id, paint } of makeStyle(after).layers) {
    const was = (old.get(id)?.paint ?? {}) as Record<string, unknown>;
    for (const [name, value] of Object.entries(paint ?? {})) {
      const same = JSON.stringify(value) === JSON.stringify(was[name]);
      if (!same && map.getLayer(id)) map.setPaintProperty(id, name as "fill-color", value);
    }
  }
}
