// Imports as the service tells them, and the requests of this page.
import type { ImportChoices as Choices, ImportJob as Job, ImportJobs, ImportPreview as Preview } from "../answers";
import { ask, Problem, read } from "../api";

export type { ImportChoices as Choices, ImportField as Field, ImportJob as Job, ImportKind as Kind, ImportPreview as Preview, ImportSummary as Summary, PreviewRow as Row } from "../answers";
export type Status = Job["status"];

/** What a person says of a file; empty texts say nothing. */
export interface Reading {
  kind: string;
  crs: string;
  columns: Record<string, string>;
  constants: Record<string, string>;
  layer: string;
  encoding: string;
  margin_m: string;
}

const ROOT = "/api/imports";
const JSON_BODY = { "Content-Type": "application/json" };

export const choices = () => ask<Choices>(`${ROOT}/choices`);
export const job = (id: number) => ask<Job>(`${ROOT}/${id}`);
export const rejectsUrl = (id: number) => `${ROOT}/${id}/rejects.csv`;
export const page = (after: number | null) =>
  ask<ImportJobs>(ROOT, after === null ? { limit: 20 } : { limit: 20, after });

export function look(id: number, reading: Reading, signal: AbortSignal): Promise<Preview> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(said(reading))) query.set(name, value);
  for (const pair of Object.entries(reading.columns)) query.append("map", pair.join("="));
  for (const pair of Object.entries(reading.constants)) query.append("set", pair.join("="));
  return fetch(`${ROOT}/${id}/preview?${query}`, { signal }).then(read<Preview>);
}

export function run(id: number, reading: Reading, dryRun: boolean): Promise<Job> {
  const { columns, constants } = reading;
  const body = JSON.stringify({ ...said(reading), columns, constants, dry_run: dryRun });
  return fetch(`${ROOT}/${id}/run`, { method: "POST", headers: JSON_BODY, body }).then(read<Job>);
}

function said({ kind, crs, layer, encoding, margin_m }: Reading): Record<string, string> {
  return Object.fromEntries(Object.entries({ kind, crs, layer, encoding, margin_m }).filter(([, value]) => value !== ""));
}

/** Stops an import that waits or runs, and forgets any other. */
export async function drop(id: number): Promise<void> {
  const response = await fetch(`${ROOT}/${id}`, { method: "DELETE" });
  if (!response.ok) await read(response);
}

/** `fetch` does not tell how far an upload is, so this one is an XMLHttpRequest. */
export function upload(file: File, kind: string, tell: (share: number) => void): Promise<Job> {
  const query = new URLSearchParams({ kind, name: file.name });
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${ROOT}?${query}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => tell(total ? loaded / total : 0);
    request.onload = () => read<Job>(new Response(request.responseText, { status: request.status })).then(resolve, reject);
    request.onerror = () => reject(new Problem(""));
    request.send(file);
  });
}
