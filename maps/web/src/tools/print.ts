// The map on paper: what is seen, drawn anew at the paper's shape, with title, legend, scale, north,
// source and data revision.
import { LngLat, LngLatBounds } from "maplibre-gl";
import type { Map as MapLibre } from "maplibre-gl";
import type { District, Layers } from "../api";
import { find, h } from "../dom";
import { language, named, number, t, whenLanguage } from "../i18n";
import { framePadding, isOn } from "../map";
import { now } from "../zone";

/** Paper in mm, printed without its margins; the map leaves room for title and foot. */
const PAPER = { "a4-landscape": [277, 190], "a4-portrait": [190, 277], "a3-landscape": [400, 277], "a3-portrait": [277, 400] } as const;
type Paper = keyof typeof PAPER;
const PX_PER_MM = 96 / 25.4;
const TITLE_MM = 15;
const FOOT_MM = 12;
const LEGEND_MM = 68;
const SHARP = 2;

export function printing(map: MapLibre, district: District, declared: Layers) {
  const title = h("input", { id: "print-title", type: "text", maxlength: 80 });
  const paper = h("select", { id: "print-paper" });
  const go = h("button", { type: "submit", class: "action" });
  const form = h("form", { method: "dialog" });
  const dialog = h("dialog", { id: "print-dialog", "aria-labelledby": "print-head" }, form);
  const sheet = h("div", { id: "print", "aria-hidden": "true" });
  // The page's size stands in a sheet of its own, which scripts may fill under any content policy.
  const page = new CSSStyleSheet();
  document.adoptedStyleSheets.push(page);
  document.body.append(dialog, sheet);
  whenLanguage(() => {
    title.value = `${district.name} · ${t("map")}`;
    const chosen = paper.value || "a4-landscape";
    paper.replaceChildren(...(Object.keys(PAPER) as Paper[]).map((key) => {
      const [size = "", way = ""] = key.split("-");
      return h("option", { value: key }, `${size.toUpperCase()} ${t(`print_${way as "landscape" | "portrait"}`)}`);
    }));
    paper.value = chosen;
    go.textContent = t("print_go");
    form.replaceChildren(
      h("h2", { id: "print-head" }, t("tool_print")),
      h("div", { class: "pick" }, h("label", { for: "print-title" }, t("print_title")), title),
      h("div", { class: "pick" }, h("label", { for: "print-paper" }, t("print_paper")), paper),
      h("div", { class: "buttons" }, h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, t("close")), go));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void make();
  });
  const make = async () => {
    go.disabled = true;
    go.textContent = t("print_making");
    const kind = paper.value as Paper;
    const [width, height] = PAPER[kind];
    const size = { width, height: height - TITLE_MM - FOOT_MM };
    try {
      const picture = await draw(map, size.width * PX_PER_MM, size.height * PX_PER_MM);
      page.replaceSync(`@page { size: ${kind.replace("-", " ")}; margin: 10mm; }`);
      sheet.replaceChildren(
        h("h1", {}, title.value),
        h("div", { class: "face" }, picture.image, legend(map, declared), north(), scaleBar(picture.metresPerPx, size.width)),
        foot(map, district, declared));
      sheet.style.setProperty("--map-height", `${size.height}mm`);
      await picture.image.decode();
      dialog.close();
      window.print();
    } finally {
      go.disabled = false;
      go.textContent = t("print_go");
    }
  };
  return { ask: () => dialog.showModal() };
}

/** What is seen of the map beside its panels. */
function free(map: MapLibre): LngLatBounds {
  const { clientWidth: width, clientHeight: height } = map.getContainer();
  const { top = 0, right = 0, bottom = 0, left = 0 } = framePadding();
  return new LngLatBounds().extend(map.unproject([left, height - bottom])).extend(map.unproject([width - right, top]));
}

/** The map as a picture of so many CSS pixels, with what is seen of it beside the legend, or above it. */
async function draw(map: MapLibre, width: number, height: number) {
  const frame = map.getContainer();
  const before = { center: map.getCenter(), zoom: map.getZoom(), padding: map.getPadding(), ratio: map.getPixelRatio() };
  const seen = free(map);
  const edge = 4 * PX_PER_MM;
  const padding = { top: edge, right: edge, bottom: width > height ? edge : 0.36 * height, left: width > height ? LEGEND_MM * PX_PER_MM : edge };
  frame.classList.add("printing");
  frame.style.width = `${width}px`;
  frame.style.height = `${height}px`;
  map.setPixelRatio(SHARP);
  map.resize();
  map.fitBounds(seen, { duration: 0, padding, absolutePadding: true });
  try {
    await map.once("idle");
    const center = map.getCenter();
    const { x, y } = map.project(center);
    const metresPerPx = LngLat.convert(map.unproject([x + 100, y])).distanceTo(center) / 100;
    const source = await new Promise<string>((done) => {
      // Only while a frame is drawn does the canvas hold its picture.
      map.once("render", () => done(map.getCanvas().toDataURL("image/png")));
      map.triggerRepaint();
    });
    return { image: h("img", { src: source, alt: t("map") }), metresPerPx };
  } finally {
    frame.classList.remove("printing");
    frame.style.width = frame.style.height = "";
    map.setPixelRatio(before.ratio);
    map.resize();
    map.jumpTo({ center: before.center, zoom: before.zoom, padding: before.padding });
  }
}

/** What is switched on and drawn at this zoom, as the panels show it. */
function legend(map: MapLibre, declared: Layers): HTMLElement {
  const rows = [...document.querySelectorAll<HTMLElement>("#panel-layers .layer")].filter((row) => {
    const toggle = row.querySelector<HTMLElement>("[data-toggle]")?.dataset["toggle"] ?? "";
    const layer = declared.layers.find(({ key }) => key === toggle.split(":")[0]);
    return isOn(map, toggle) && (layer?.min_zoom ?? 0) <= map.getZoom();
  });
  const copies = rows.map((row) => {
    const copy = row.cloneNode(true) as HTMLElement;
    for (const part of copy.querySelectorAll("input, .switch, .closer, .count")) part.remove();
    return copy;
  });
  const key = find("#key").cloneNode(true) as HTMLElement;
  key.removeAttribute("id");
  for (const part of key.querySelectorAll("button")) part.remove();
  return h("aside", { class: "legend-sheet layers" }, h("h2", {}, t("key")), ...key.childNodes, ...copies);
}

function north(): HTMLElement {
  return h("div", { class: "north" }, h("i", {}), t("print_north"));
}

/** A bar of a round length, and the scale on paper. */
function scaleBar(metresPerPx: number, widthMm: number): HTMLElement {
  const metresPerMm = metresPerPx * PX_PER_MM;
  const longest = metresPerMm * Math.min(60, widthMm / 4);
  const power = 10 ** Math.floor(Math.log10(longest));
  const length = [5, 2, 1].map((step) => step * power).find((metres) => metres <= longest) ?? power;
  const bar = h("i", {});
  bar.style.width = `${length / metresPerMm}mm`;
  const scale = Math.round((metresPerMm * 1000) / 100) * 100;
  return h("div", { class: "scale" }, bar, h("span", {}, length < 1000 ? `${length} m` : `${length / 1000} km`), h("small", {}, t("print_scale", { n: number(scale) })));
}

function foot(map: MapLibre, district: District, declared: Layers): HTMLElement {
  const shown = declared.layers.filter(({ key, style }) => isOn(map, key) || style.swatches.some(({ value }) => isOn(map, `${key}:${value}`)));
  const plan = district.systems.find((system) => system.plan);
  const planName = plan ? `${language() === "en" ? plan.name_en : plan.name} ${plan.plan?.valid_from}` : "–";
  const credit = document.querySelector("#credit:not([hidden])")?.textContent;
  const revisions = shown.map((layer) => `${named(layer)} ${layer.revision}`).join(", ");
  const narrowed = [...document.querySelectorAll(".chips .chip")].map((chip) => chip.textContent).join(", ");
  return h("footer", {},
    h("p", {}, [narrowed && t("print_filter", { what: narrowed }), t("print_source", { name: district.name, plan: planName, srid: district.srid }), credit].filter(Boolean).join(" · ")),
    h("p", {}, t("print_made", { revision: revisions, time: now() })));
}
