// The words that stand in the page's HTML, in the language of the moment; and the button that changes it.
import { find } from "./dom";
import { readHash } from "./hash";
import { language, setLanguage, t, whenLanguage } from "./i18n";
import type { Key } from "./i18n";

export function speakBoth(): void {
  whenLanguage(speak);
  find("#language").addEventListener("click", () => setLanguage(language() === "zh" ? "en" : "zh"));
  window.addEventListener("hashchange", () => {
    const wanted = readHash("lang") === "en" ? "en" : "zh";
    if (wanted !== language()) setLanguage(wanted);
  });
}

function speak(): void {
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll<HTMLElement>("[data-i18n]")) {
    element.textContent = t(element.dataset["i18n"] as Key);
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-i18n-label]")) {
    element.setAttribute("aria-label", t(element.dataset["i18nLabel"] as Key));
  }
  const button = find("#language");
  button.textContent = t("switch");
  button.setAttribute("aria-label", t("switch_label"));
}
