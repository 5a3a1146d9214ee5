// Keeps the open page up to date: the declared layers are asked for again, and what changed is drawn
// anew. Old tiles stay on the map until the new ones are there.
import type { Map as MapLibre } from "maplibre-gl";
import * as api from "./api";
import type { District, Layers } from "./api";
import { sourcesOf } from "./draw/sources";
import { makeStyle } from "./draw/style";
import { reloadTiles } from "./map";

const EVERY_MS = 60_000;

export interface Fresh {
  district: District;
  declared: Layers;
  /** Call `listener` after each look, with the keys of the layers that changed since the last one. */
  when(listener: (changed: string[]) => void): void;
}

export function keepFresh(map: MapLibre, district: District, declared: Layers): Fresh {
  const listeners: ((changed: string[]) => void)[] = [];
  const fresh: Fresh = { district, declared, when: (listener) => void listeners.push(listener) };
  let looking = false;
  const look = async () => {
    if (looking || document.hidden) return;
    looking = true;
    try {
      const now = await api.layers();
      const changed = changedKeys(fresh.declared, now);
      if (changed.length) {
        fresh.district = await api.district();
        restyle(map, fresh.declared, now);
        for (const key of changed) reload(map, now, key);
      }
      fresh.declared = now;
      for (const listener of listeners) listener(changed);
    } catch (error) {
      console.warn("the layers could not be asked for; the next look is in a minute", error);
    } finally {
      looking = false;
    }
  };
  window.setInterval(() => void look(), EVERY_MS);
  window.addEventListener("focus", () => void look());
  document.addEventListener("visibilitychange", () => void look());
  return fresh;
}

function changedKeys(before: Layers, after: Layers): string[] {
  const known = new Map(before.layers.map(({ key, revision }) => [key, revision]));
  return after.layers.filter(({ key, revision }) => known.get(key) !== revision).map(({ key }) => key);
}

/** Where tiles have no revision in their address it stays the same one; they are asked for all the same. */
function reload(map: MapLibre, { layers }: Layers, key: string): void {
  const layer = layers.find((one) => one.key === key);
  for (const [name, { tiles }] of Object.entries(layer ? sourcesOf(layer) : {})) {
    reloadTiles(map, name, tiles ?? []);
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
