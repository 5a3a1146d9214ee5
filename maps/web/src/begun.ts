// What is said where a page could not begin.
import { Problem } from "./api";
import { find, h } from "./dom";
import { t } from "./i18n";
import type { Key } from "./i18n";

/** Covers the page with what went wrong, and a button to try again. */
export function notBegun(title: Key): (error: unknown) => void {
  return (error) => {
    console.error(error);
    const webgl = error instanceof Error && error.name === "GPUInitializationError";
    const text = webgl ? t("no_webgl") : error instanceof Problem ? error.message : t("offline");
    find("#cover").replaceChildren(h("div", { class: "failed" }, h("h2", {}, t(title)), h("p", {}, text),
      h("button", { type: "button", class: "action", onclick: () => location.reload() }, t("retry"))));
  };
}
