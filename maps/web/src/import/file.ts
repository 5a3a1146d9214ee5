// The first steps: the file, by drag and drop or by the button, and what it holds.
import { h, icon } from "../dom";
import { t, tValue } from "../i18n";
import { isBusy, size } from "./state";
import type { Acts, State } from "./state";

const ARROW = "M12 16V4M7 9l5-5 5 5M4 17v3h16v-3";
const SHEET = "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6";

export function fileStep(state: State, acts: Acts): HTMLElement {
  const { file, job } = state;
  return h("section", { class: "step card", "aria-labelledby": "head-file" },
    h("h2", { id: "head-file" }, t("step_file")),
    file || job ? chosen(state, acts) : dropZone(state, acts),
    state.error !== "" && h("p", { class: "warn", role: "alert" }, state.error));
}

function dropZone({ choices }: State, acts: Acts): HTMLElement {
  const input = h("input", {
    type: "file", id: "file", "data-key": "file", accept: choices.endings.join(","), class: "visually-hidden",
    onchange: () => input.files?.[0] && acts.choose(input.files[0]),
  });
  return h("label", { class: "drop", for: "file" },
    icon(ARROW, 30),
    h("span", {}, t("drop_here"), " ", h("b", {}, t("choose_file"))),
    h("small", {}, t("drop_formats", { size: size(choices.max_upload_bytes) })),
    input);
}

function chosen(state: State, acts: Acts): HTMLElement {
  const { file, job, sent } = state;
  const share = sent === null ? null : Math.round(sent * 100);
  return h("div", { class: "chosen" },
    icon(SHEET, 26),
    h("div", { class: "what" },
      h("b", {}, job?.file ?? file?.name ?? ""),
      h("small", {}, share === null ? size(job?.size_bytes ?? file?.size ?? 0) : t("uploading", { n: share })),
      share !== null && bar(share, 100, t("uploading", { n: share }))),
    !isBusy(state) && sent === null && h("button", { type: "button", class: "quiet", "data-key": "fresh", onclick: acts.fresh }, t("other_file")));
}

export function bar(value: number, most: number, label: string): HTMLElement {
  const fill = h("i");
  fill.style.setProperty("width", `${most ? (100 * value) / most : 0}%`);
  return h("div", { class: "bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": most, "aria-valuenow": value, "aria-label": label }, fill);
}

export function kindStep(state: State, acts: Acts): HTMLElement {
  const { choices, reading, file, job } = state;
  const asked = Boolean(file) && !job && reading.kind === "";
  const group = h("div", { class: "kinds", role: "radiogroup", "aria-labelledby": "head-kind" },
    ...choices.kinds.map(({ name, shape }) => h("label", { class: "kind" },
      radio("kind", name, name === reading.kind, isBusy(state) || (Boolean(job) && !job?.kept), () => acts.kind(name)),
      h("i", { class: `shape ${shape || "LineString"}`, "aria-hidden": "true" }),
      h("span", {}, tValue("kinds", name)))));
  return h("section", { class: "step card" },
    h("h2", { id: "head-kind" }, t("step_kind")),
    asked && h("p", { class: "ask", role: "alert" }, t("drop_kind")),
    group);
}

export function radio(group: string, value: string, checked: boolean, disabled: boolean, choose: () => void): HTMLInputElement {
  const input = h("input", { type: "radio", name: group, value, disabled, "data-key": `${group}-${value}`, onchange: choose });
  input.checked = checked;
  return input;
}

/** A file may be dropped anywhere on the page. */
export function takeDrops(acts: Acts, mayTake: () => boolean): void {
  const show = (over: boolean) => document.body.classList.toggle("dropping", over);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    show(mayTake());
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && show(false));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    show(false);
    const file = event.dataTransfer?.files[0];
    if (file && mayTake()) acts.choose(file);
  });
}
