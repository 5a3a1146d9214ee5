// Who one is: there is no sign-in yet, so the page asks, and keeps the answer in the address and the phone.
import { find, h } from "../dom";
import { t, whenLanguage } from "../i18n";
import { chiefs } from "./service";

export async function chooseChief(): Promise<void> {
  const all = await chiefs();
  document.body.classList.add("choosing");
  whenLanguage(() => {
    find("#who").textContent = t("my");
    document.title = t("my");
    find("#view").replaceChildren(h("h2", {}, t("my_who")), h("p", { class: "hint" }, t("my_who_hint")),
      h("ul", { class: "list" }, ...all.map(({ code, name, department, segments }) =>
        h("li", {}, h("a", { class: "line", href: `/my?chief=${encodeURIComponent(code)}` },
          h("span", { class: "main" }, h("b", {}, name), h("span", {}, department ?? "")),
          h("span", { class: "aside" }, h("small", {}, t("my_n_segments", { n: segments }))))))));
  });
  document.body.dataset["ready"] = "true";
}
