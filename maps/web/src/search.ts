// The search box: a combobox whose list follows the typing, worked by keyboard or pointer.
import { Problem, search } from "./api";
import type { Result } from "./api";
import { h, icon, ICONS } from "./dom";
import { t, tValue, whenLanguage } from "./i18n";

const PAUSE_MS = 160;

export function searchBox(go: (result: Result) => void): HTMLElement {
  const input = h("input", {
    id: "search", type: "search", role: "combobox", autocomplete: "off", spellcheck: "false", enterkeyhint: "search",
    "aria-expanded": "false", "aria-controls": "results", "aria-autocomplete": "list", maxlength: 100,
  });
  const clear = h("button", { type: "button", class: "quiet clear", hidden: true }, icon(ICONS.close, 16));
  const list = h("ul", { id: "results", role: "listbox", hidden: true });
  const status = h("p", { class: "visually-hidden", role: "status" });
  const box = h("div", { class: "search" }, h("div", { class: "field" }, icon(ICONS.search, 18), input, clear), list, status);

  let results: Result[] = [];
  let active = -1;
  let asked = new AbortController();
  let timer = 0;

  const open = (shown: boolean) => {
    list.hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
    if (!shown) activate(-1);
  };
  const activate = (index: number) => {
    active = index;
    for (const [at, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(at === index));
    const option = index >= 0 ? list.children[index] : undefined;
    input.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  };
  const take = (result: Result) => {
    input.value = result.name;
    open(false);
    go(result);
  };
  const say = (text: string) => {
    list.replaceChildren(h("li", { class: "message", role: "option", "aria-disabled": "true" }, text));
    status.textContent = text;
  };
  const show = () => {
    list.replaceChildren(...results.map((result, index) => option(result, index, take)));
    status.textContent = t("search_count", { n: results.length });
    if (results.length === 0) say(t("search_none", { text: input.value.trim() }));
    open(true);
    activate(results.length ? 0 : -1);
  };
  const look = async (text: string) => {
    asked.abort();
    asked = new AbortController();
    try {
      results = await search(text, asked.signal);
      show();
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      results = [];
      say(error instanceof Problem ? error.message : t("offline"));
      open(true);
    }
  };
  const typed = () => {
    const text = input.value.trim();
    clear.hidden = input.value === "";
    window.clearTimeout(timer);
    asked.abort();
    if (text) timer = window.setTimeout(() => void look(text), PAUSE_MS);
    else open(false);
  };

  input.addEventListener("input", typed);
  input.addEventListener("focus", () => results.length > 0 && input.value.trim() !== "" && list.hidden && open(true));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = results.length - 1;
    const chosen = list.hidden ? undefined : results[active];
    if (event.key === "ArrowDown" && last >= 0) activate(active >= last ? 0 : active + 1);
    else if (event.key === "ArrowUp" && last >= 0) activate(active <= 0 ? last : active - 1);
    else if (event.key === "Enter" && chosen) take(chosen);
    else if (event.key === "Escape") open(false);
    else return;
    event.preventDefault();
  });
  clear.addEventListener("click", () => {
    input.value = "";
    typed();
    input.focus();
  });
  box.addEventListener("focusout", (event) => {
    if (!box.contains(event.relatedTarget as Node | null)) open(false);
  });
  whenLanguage(() => {
    input.placeholder = t("search");
    input.setAttribute("aria-label", t("search"));
    list.setAttribute("aria-label", t("search_results"));
    clear.setAttribute("aria-label", t("clear"));
    if (!list.hidden && results.length) show();
  });
  return box;
}

function option(result: Result, index: number, take: (result: Result) => void): HTMLElement {
  const item = h("li", { id: `result-${index}`, role: "option", "aria-selected": "false" },
    h("span", { class: `tag ${result.kind}` }, tValue("kind", result.kind)),
    h("div", { class: "text" },
      h("span", { class: "name" }, result.name),
      h("span", { class: "detail" }, detail(result))));
  // Before the field loses its focus.
  item.addEventListener("pointerdown", (event) => event.preventDefault());
  item.addEventListener("click", () => take(result));
  return item;
}

function detail({ kind, code, detail: text, name }: Result): string {
  if (kind === "coordinate") return t("read_as", { crs: tValue("datum", text ?? "") });
  const group = { area: "level", road: "road", station: "tier" }[kind as string];
  const said = text ? (group ? tValue(group, text) : text) : "";
  const shown = said === tValue("kind", kind) ? "" : said;
  return [shown, code !== name ? code : ""].filter(Boolean).join(" · ");
}
