// Asks for a report, and saves it as a file: of a period, of the district or a street, to be read or printed.
import { Problem, read } from "../api";
import type { Area } from "../api";
import { h } from "../dom";
import { chosen, dayAfter } from "../explore/chosen";
import { language, t, whenLanguage } from "../i18n";

const FORMS = { html: "HTML", pdf: "PDF", png: "PNG" };

export function reporting(areas: Area[]) {
  const [since, until] = ["report-since", "report-until"].map((id) => h("input", { id, type: "date" })) as [HTMLInputElement, HTMLInputElement];
  const place = h("select", { id: "report-place" });
  const form = h("select", { id: "report-form" }, ...Object.entries(FORMS).map(([value, name]) => h("option", { value }, name)));
  const said = h("p", { class: "note", role: "status" });
  const go = h("button", { type: "submit", class: "action" });
  const body = h("form", { method: "dialog" });
  const dialog = h("dialog", { id: "report-dialog", "aria-labelledby": "report-head" }, body);
  document.body.append(dialog);
  const row = (label: string, field: HTMLElement) => h("div", { class: "pick" }, h("label", { for: field.id }, label), field);
  whenLanguage(() => {
    const before = place.value;
    const streets = areas.filter(({ level }) => level === "street");
    place.replaceChildren(h("option", { value: "" }, t("report_whole")), ...streets.map(({ code, name }) => h("option", { value: code }, name)));
    place.value = before;
    go.textContent = t("report_go");
    said.textContent = t("report_hint");
    body.replaceChildren(
      h("h2", { id: "report-head" }, t("tool_report")),
      row(t("period_from"), since), row(t("period_to"), until), row(t("report_place"), place), row(t("report_form"), form), said,
      h("div", { class: "buttons" }, h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, t("close")), go));
  });
  const make = async () => {
    go.disabled = true;
    said.textContent = t("report_making");
    try {
      await save({ since: since.value, until: until.value && dayAfter(until.value), street: place.value, lang: language(), f: form.value });
      said.textContent = t("report_done");
    } catch (error) {
      said.textContent = error instanceof Problem ? error.message : t("offline");
    } finally {
      go.disabled = false;
    }
  };
  body.addEventListener("submit", (event) => {
    event.preventDefault();
    void make();
  });
  return {
    ask() {
      // The period of the filter, where there is one; else the service takes the last seven days.
      [since.value, until.value] = [chosen().from, chosen().to];
      said.textContent = t("report_hint");
      dialog.showModal();
    },
  };
}

async function save(query: Record<string, string>): Promise<void> {
  const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  const answer = await fetch(`/api/report?${asked}`);
  if (!answer.ok) await read(answer);
  const name = /filename\*=utf-8''([^;]+)/i.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
  const plain = /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
  const href = URL.createObjectURL(await answer.blob());
  h("a", { href, download: name ? decodeURIComponent(name) : (plain ?? `report.${query["f"]}`) }).click();
  window.setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
