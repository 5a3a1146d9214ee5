// Figures on the map: from a choice to values, from values to classes, and these to map, key and list.
import type { Map as MapLibre } from "maplibre-gl";
import { Problem } from "../api";
import type { MeasuredUnit } from "../api";
import { classed, METHODS, signedClasses } from "../classes";
import { h } from "../dom";
import { LINES, SIGNED, VALUES } from "../draw/ramps";
import { CLUSTERS } from "../draw/clusters";
import { toggleKey } from "../draw/style";
import { whenChosen } from "../explore/chosen";
import { DIFFERENCE, isCounted, NeedsPeriod, persOf, valuesOf } from "../explore/values";
import type { Fresh } from "../fresh";
import { named, t, whenLanguage } from "../i18n";
import { setKey } from "../key";
import { whenStyled, zoomIn } from "../map";
import type { Quiet } from "../quiet";
import { VIEW_GIVEN } from "../visit";
import type { Choice } from "./choice";
import { choiceOf, keyOf, metricsOf, minZoomOf, nameOf, readChoice, unitsOf, writeChoice } from "./choice";
import { numbersOn } from "./numbers";
import { paint, repaint, SOURCE } from "./paint";
import type { Shown } from "./panel";
import { keySection, known, listOf, NOTHING, picker } from "./panel";

interface FiguresPanel {
  element: HTMLElement;
  /** Take the colours away. */
  leave(): void;
}

export function figuresPanel(map: MapLibre, fresh: Fresh, quiet: Quiet, go: (choice: Choice, unit: MeasuredUnit) => void): FiguresPanel {
  let shown: Shown = NOTHING;
  let asked = new AbortController();
  const list = h("div", { class: "values" });
  const pickers = choicePickers(fresh, (metric, { unit, per, method }) => {
    const { choice } = shown;
    const wanted = choiceOf(fresh.declared, metric, unit ?? choice?.unit.key ?? "", per ?? choice?.per, method ?? choice?.method);
    if (wanted) zoomIn(map, minZoomOf(wanted.unit));
    void choose(wanted);
  });

  const numbers = numbersOn(map, SOURCE, () => shown.choice && shown.found && { choice: shown.choice, values: shown.found.values });

  const key = () => setKey("figures", keySection(shown, map.getZoom(), () => void choose(null), (zoom) => zoomIn(map, zoom)));
  const render = () => {
    pickers.fill(shown.choice);
    const focus = list.querySelector<HTMLElement>(":focus")?.dataset["unit"];
    list.replaceChildren(...listOf(shown, () => void turn(), go));
    if (focus) list.querySelector<HTMLElement>(`[data-unit="${focus}"]`)?.focus();
    key();
  };
  /** Ask for the values of the choice; true where they are others than before. */
  const look = async (): Promise<boolean> => {
    const { choice, first, found: before } = shown;
    if (!choice) return false;
    asked.abort();
    asked = new AbortController();
    try {
      const found = await valuesOf(choice, first, asked.signal);
      // Nothing is touched where nothing is new: somebody may be choosing.
      if (!shown.failed && JSON.stringify(found) === JSON.stringify(before)) return false;
      shown = { ...shown, found, classes: classesOf(choice, known(found)), failed: "" };
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return false;
      shown = { ...shown, found: isCounted(choice.metric) ? null : shown.found, failed: error instanceof Problem || error instanceof NeedsPeriod ? error.message : t("offline") };
    }
    render();
    return JSON.stringify(before?.values) !== JSON.stringify(shown.found?.values);
  };
  const makeRoom = (choice: Choice | null) => whenStyled(map, () => quiet("figures", choice ? noiseOf(fresh, choice) : []));
  const choose = async (choice: Choice | null) => {
    asked.abort();
    shown = { ...NOTHING, choice, first: shown.first };
    writeChoice(choice);
    render();
    makeRoom(choice);
    await look();
    if (shown.choice !== choice) return;
    if (!shown.found) makeRoom(null);
    paint(map, shown.found && choice, shown.classes, shown.found?.values ?? {});
    whenStyled(map, numbers.draw);
  };
  const turn = async () => {
    shown = { ...shown, first: shown.first === "highest" ? "lowest" : "highest" };
    await look();
    render();
    list.querySelector<HTMLElement>(".turn")?.focus();
  };
  const reread = () => {
    const wanted = readChoice(fresh.declared);
    if ((wanted && keyOf(wanted)) !== (shown.choice && keyOf(shown.choice))) void choose(wanted);
  };

  fresh.when(async () => {
    const { choice } = shown;
    if ((await look()) && choice && shown.choice === choice) repaint(map, choice, shown.classes, shown.found?.values ?? {});
  });
  // What is counted by the filter follows it.
  whenChosen(() => {
    if (shown.choice && isCounted(shown.choice.metric)) void choose(shown.choice);
  });
  whenLanguage(render);
  map.on("zoomend", key);
  window.addEventListener("hashchange", reread);
  reread();
  if (shown.choice && !VIEW_GIVEN) zoomIn(map, minZoomOf(shown.choice.unit));
  return {
    element: h("div", { class: "figures-panel" }, ...pickers.elements, list),
    leave: () => void (shown.choice && choose(null)),
  };
}

/** What would hide or falsify the colours: many points, other colours of numbers; and where roads are coloured, the lines that run along them. */
function noiseOf({ declared }: Fresh, { unit }: Choice): string[] {
  const grids = declared.layers.filter(({ key }) => key === "grids");
  const lines = grids.flatMap((layer) => layer.style.swatches.map(({ value }) => toggleKey(layer, value)));
  return ["incidents", CLUSTERS, "merchants", "density", ...(unit.layer.geometry === "line" ? lines : [])];
}

/** Differences by sign, everything else by the method chosen. */
function classesOf({ metric, unit, method }: Choice, values: number[]) {
  if (metric.key === DIFFERENCE) return signedClasses(values, SIGNED);
  return classed(method, values, unit.layer.geometry === "line" ? LINES : VALUES);
}

function choicePickers(fresh: Fresh, change: (metric: string, part: { unit?: string; per?: string; method?: string }) => void) {
  let metric = "";
  const metricPicker = picker("figure-metric", (key) => change(key, {}));
  const unitPicker = picker("figure-unit", (unit) => change(metric, { unit }));
  const perPicker = picker("figure-per", (per) => change(metric, { per }));
  const methodPicker = picker("figure-method", (method) => change(metric, { method }));
  return {
    elements: [metricPicker.element, unitPicker.element, perPicker.element, methodPicker.element],
    fill(choice: Choice | null) {
      metric = choice?.metric.key ?? "";
      const metrics = metricsOf(fresh.declared).map((one): [string, string] => [one.key, named(one)]);
      metricPicker.fill(t("metric"), [["", t("metric_none")], ...metrics], metric);
      const units = choice ? unitsOf(choice.metric, fresh.declared) : [];
      unitPicker.fill(t("metric_unit"), units.map((unit) => [unit.key, nameOf(unit)]), choice?.unit.key ?? "");
      const pers = choice ? persOf(choice) : [];
      perPicker.fill(t("per"), pers.length > 1 ? pers.map((per) => [per, t(`per_${per}`)]) : [], choice?.per ?? "none");
      const methods = choice && choice.metric.key !== DIFFERENCE ? METHODS : [];
      methodPicker.fill(t("classing"), methods.map((method) => [method, t(`classing_${method}`)]), choice?.method ?? "quantile");
    },
  };
}
