// Fields in which a chief is chosen: by number or name, with what is known as suggestions.
import { h } from "../dom";
import { t } from "../i18n";
import type { Person } from "./writing";
import { people as ask } from "./writing";

const LIST = "known-people";
let known: Person[] = [];

/** Ask who there is; fields that stand already suggest them, too. */
export async function readPeople(): Promise<void> {
  known = await ask();
  const list = document.getElementById(LIST) ?? document.body.appendChild(h("datalist", { id: LIST }));
  list.replaceChildren(...known.map((one) => h("option", { value: called(one) }, one.department ?? "")));
}

const called = ({ code, name }: Person) => `${name} ${code}`;

export function personField(id: string): HTMLInputElement {
  return h("input", { id, class: "text", type: "text", list: LIST, autocomplete: "off", placeholder: t("assign_chief_hint") });
}

/** Whom a text means: a number, a name that only one has, or both. */
export function person(text: string): Person | null {
  const said = text.trim();
  const found = known.filter((one) => [called(one), one.code, one.name].includes(said));
  return found.length === 1 ? found[0]! : null;
}

export function byId(id: number): string {
  const one = known.find((it) => it.id === id);
  return one ? called(one) : String(id);
}
