// A sheet from the bottom: a dialog that closes by its button, by Escape and by a tap beside it.
import { find, h, icon, ICONS } from "../dom";
import { t } from "../i18n";

interface Sheet {
  element: HTMLDialogElement;
  body: HTMLElement;
  close: () => void;
}

export function openSheet(title: string, name: string): Sheet {
  const body = h("div", { class: "body" });
  const close = h("button", { type: "button", class: "quiet close", "aria-label": t("close"), onclick: () => element.close() }, icon(ICONS.close, 22));
  const element = h("dialog", { class: "sheet", id: name, "aria-labelledby": `${name}-title` },
    h("header", {}, h("h2", { id: `${name}-title` }, title), close), body);
  element.addEventListener("click", (event) => event.target === element && element.close());
  element.addEventListener("close", () => element.remove());
  find("#sheets").replaceChildren(element);
  element.showModal();
  return { element, body, close: () => element.close() };
}

/** A row of choices of which one is taken; `aria-pressed` says which. */
export function choices<T>(all: readonly T[], text: (one: T) => string, chosen: (one: T) => boolean, choose: (one: T) => void, name: string): HTMLElement {
  return h("div", { class: `choices ${name}`, role: "group" }, ...all.map((one) =>
    h("button", { type: "button", class: "choice", "aria-pressed": String(chosen(one)), onclick: () => choose(one) }, text(one))));
}
