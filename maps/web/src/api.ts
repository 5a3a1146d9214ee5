// How the service is asked; what it answers is written from its OpenAPI document.
import { t } from "./i18n";
import { say } from "./words";
import type { Areas, Chiefs, District, Layers, Measures, Place, Results } from "./answers";

export type Bounds = [west: number, south: number, east: number, north: number];

export type { Area, Chief, District, GridSystem, Layer, Layers, MeasuredUnit, Measures, Metric, Place, Result, RoadPlace, Swatch } from "./answers";

/** An answer that is a problem (RFC 9457); its message is meant for people. */
export class Problem extends Error {
  constructor(message: string, readonly status = 0, readonly said: Record<string, unknown> = {}) {
    super(message);
  }
}

export async function ask<T>(path: string, query: Record<string, string | number> = {}, signal?: AbortSignal): Promise<T> {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const url = search.size ? `${path}?${search}` : path;
  return read<T>(await fetch(url, signal ? { signal } : {}));
}

/** The body of an answer; a `Problem` where it is one. */
export async function read<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const said = (body ?? {}) as { detail?: string };
    throw new Problem(said.detail ? say(said.detail) : t(response.status < 500 ? "refused" : "broken", { status: response.status }), response.status, said);
  }
  return body as T;
}

export const district = () => ask<District>("/api/district");
export const layers = () => ask<Layers>("/api/layers");
export const measures = (metric: string, query: Record<string, string | number>, signal: AbortSignal) =>
  ask<Measures>(`/api/metrics/${metric}`, query, signal);
export const chiefs = async () => (await ask<Chiefs>("/api/on-duty")).chiefs;
export const areas = async () => (await ask<Areas>("/api/areas")).areas;
export const locate = (lon: number, lat: number, signal: AbortSignal) =>
  ask<Place>("/api/locate", { lon, lat }, signal);
export const search = async (q: string, signal: AbortSignal) =>
  (await ask<Results>("/api/search", { q, limit: 12 }, signal)).results;
