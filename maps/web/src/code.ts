// A code with a button that copies it.
import { h, icon, ICONS } from "./dom";
import { t } from "./i18n";

/** Browsers give the clipboard to pages on https and this machine only; elsewhere the old way. */
async function copy(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const field = h("textarea", { class: "visually-hidden" });
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

export function codeToCopy(text: string, what: string): HTMLElement {
  const button = h("button", { type: "button", class: "quiet copy", title: t("copy", { what }), "aria-label": t("copy", { what }) }, icon(ICONS.copy, 16));
  button.addEventListener("click", async () => {
    await copy(text);
    button.replaceChildren(icon(ICONS.done, 16));
    button.setAttribute("aria-label", t("copied"));
    window.setTimeout(() => {
      button.replaceChildren(icon(ICONS.copy, 16));
      button.setAttribute("aria-label", t("copy", { what }));
    }, 1500);
  });
  return h("span", { class: "code" }, h("code", {}, text), button);
}
