// Drafts of shares as the service tells them, and the requests of this page.
import type { ShareApplied, ShareDraft as Draft, ShareDrafts, ShareStretches } from "../answers";
import { ask, read } from "../api";

export type {
  ShareChief as Chief, ShareDraft as Draft, ShareDraftListed as Short, ShareFigures as Figures, ShareGap as Gap, SharePost as Post, ShareStretch as Stretch, Spread,
} from "../answers";
export type Status = Draft["status"];
export type Load = Pick<Draft["posts"][number], "metres" | "doors" | "cases" | "load" | "stretches" | "pieces">;

/** What is asked for; what is left out is as the service has it. */
export interface Wish {
  role: string;
  from?: string;
  chiefs?: number;
  tolerance: number;
  added: string[];
  without: string[];
  locks: string[];
  everywhere: boolean;
}

const ROOT = "/api/shares/drafts";
const JSON_BODY = { "Content-Type": "application/json" };

export const list = async () => (await ask<ShareDrafts>(ROOT)).drafts;
export const draft = (id: number) => ask<Draft>(`${ROOT}/${id}`);
export const stretches = async (id: number) => (await ask<ShareStretches>(`${ROOT}/${id}/stretches`)).features;
export const propose = (wish: Wish) => post<Draft>("", wish);
export const fill = (id: number, at: number, chief: string) => post<Draft>(`/${id}/fill`, { post: at, chief });
export const apply = (id: number) => post<ShareApplied>(`/${id}/apply`);
export const stop = (id: number) => without(`/${id}/stop`, "POST");
export const discard = (id: number) => without(`/${id}`, "DELETE");

async function post<T>(path: string, body?: object): Promise<T> {
  return read<T>(await fetch(ROOT + path, body ? { method: "POST", headers: JSON_BODY, body: JSON.stringify(body) } : { method: "POST" }));
}

async function without(path: string, method: string): Promise<void> {
  const response = await fetch(ROOT + path, { method });
  if (!response.ok) await read(response);
}
