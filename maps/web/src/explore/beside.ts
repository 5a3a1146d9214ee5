// The period compared with on a map of its own, beside the map of the chosen one: the same place, the same
// layers, the same colours.
import { Map as MapLibre } from "maplibre-gl";
import type { LngLat, StyleSpecification, VectorSourceSpecification } from "maplibre-gl";
import type { Layers, Measures } from "../api";
import { h, isPhone } from "../dom";
import { COMMUNITY_ZOOM } from "../draw/ground";
import { tilesOf } from "../draw/sources";
import { readChoice } from "../figures/choice";
import type { Choice } from "../figures/choice";
import { give, SOURCE } from "../figures/paint";
import { NUMBERS, numbersOn } from "../figures/numbers";
import { readHash, writeHash } from "../hash";
import { t, whenLanguage } from "../i18n";
import { SOURCE as LIVE } from "../live/overlay";
import { whenStyled } from "../map";
import { chosen, comparedWith, queryOf, whenChosen } from "./chosen";
import { FILTERED, valuesOf } from "./values";

const PANEL_PX = 370;
const COPY_MS = 200;
// A map half as wide shows what the whole one showed from a little farther away; communities keep their values.
const BACK_ZOOM = 0.75;
const farther = (zoom: number) => Math.max(zoom - BACK_ZOOM, Math.min(zoom, COMMUNITY_ZOOM));
// Asked before the map writes where it is.
const viewGiven = readHash("map") !== null;
// What is of today or of the chosen period only.
const OWN = [NUMBERS, LIVE];

interface Beside {
  map: MapLibre;
  frame: HTMLElement;
  close: () => void;
}

/** A button that opens the second map, and closes it; it is of use where two periods are compared. */
export function besideButton(map: MapLibre, declared: Layers): HTMLButtonElement {
  let open: Beside | null = null;
  const turn = (on: boolean, back: boolean) => {
    if (on === Boolean(open)) return;
    open?.close();
    open = on ? openBeside(map, declared, back) : null;
    writeHash("beside", on ? "1" : null);
    button.setAttribute("aria-pressed", String(on));
  };
  const button = h("button", { type: "button", class: "quiet beside-turn", "aria-pressed": "false", onclick: () => turn(!open, true) });
  const follow = () => {
    button.hidden = !comparedWith(chosen());
    turn(!button.hidden && (Boolean(open) || readHash("beside") === "1"), !viewGiven);
  };
  whenLanguage(() => (button.textContent = t("beside")));
  whenChosen(follow);
  whenStyled(map, follow);
  return button;
}

function openBeside(map: MapLibre, declared: Layers, back: boolean): Beside {
  const face = h("div", { class: "face" });
  const [then, now] = [h("p", { class: "period-of" }), h("p", { class: "period-of now" })];
  const frame = h("section", { id: "beside", "aria-busy": "true" }, face, then);
  document.body.append(frame, now);
  const middle = map.unproject(middleOf(map));
  document.body.classList.add("beside");
  map.resize();
  if (back && !isPhone()) {
    map.jumpTo({ zoom: farther(map.getZoom()) });
    moveTo(map, middle);
  }
  const second = new MapLibre({
    container: face, style: copyOf(map, declared), zoom: map.getZoom(), center: map.unproject(middleOf(map)), minZoom: map.getMinZoom(), maxZoom: map.getMaxZoom(),
    dragRotate: false, pitchWithRotate: false, attributionControl: false, fadeDuration: 0,
  });
  second.touchZoomRotate.disableRotation();
  second.setMissingStyleImageResolver((id) => {
    const image = map.getImage(id);
    if (image) second.addImage(id, image.data, { pixelRatio: image.pixelRatio, sdf: image.sdf });
  });
  second.on("dataloading", () => frame.setAttribute("aria-busy", "true"));
  second.on("idle", () => frame.setAttribute("aria-busy", "false"));
  const stopFollowing = together(map, second);
  const say = () => {
    const other = comparedWith(chosen());
    frame.setAttribute("aria-label", t("beside_map"));
    now.textContent = `${t("compare_now")} ${chosen().from} – ${chosen().to}`;
    then.textContent = other && `${t("compare_then")} ${other.from} – ${other.to}`;
  };
  whenLanguage(say);
  const stopCopying = keepCopied(map, second, declared, say);
  Object.assign(window, { beside: second });
  const close = () => {
    stopFollowing();
    stopCopying();
    second.remove();
    frame.remove();
    now.remove();
    document.body.classList.remove("beside");
    map.resize();
  };
  return { map: second, frame, close };
}

/** The style of the map as it is, with incidents of the period compared with. */
function copyOf(map: MapLibre, { layers: declared }: Layers): StyleSpecification {
  const style = map.getStyle();
  const layer = declared.find(({ key }) => key === "incidents");
  const [wanted, other] = [chosen(), comparedWith(chosen())];
  const sources = Object.fromEntries(Object.entries(style.sources).filter(([name]) => !OWN.includes(name)));
  const incidents = sources["incidents"] as VectorSourceSpecification | undefined;
  if (incidents && layer && other) sources["incidents"] = { ...incidents, tiles: [tilesOf(layer, { ...queryOf({ ...wanted, ...other }) })] };
  return { ...style, sources, layers: style.layers.filter((one) => !("source" in one) || !OWN.includes(one.source)) };
}

/** The style, and what the second map wrote on its units itself. */
function withNumbers(style: StyleSpecification, second: MapLibre): StyleSpecification {
  const own = second.getStyle();
  const source = own.sources[NUMBERS];
  if (!source) return style;
  return { ...style, sources: { ...style.sources, [NUMBERS]: source }, layers: [...style.layers, ...own.layers.filter(({ id }) => id === NUMBERS)] };
}

/** Copies the style whenever it is another one, and with it the values of the units that are coloured. */
function keepCopied(map: MapLibre, second: MapLibre, declared: Layers, tell: () => void): () => void {
  let timer = 0;
  let before = "";
  let asked = new AbortController();
  let coloured: { choice: Choice; values: Measures["values"] } | null = null;
  numbersOn(second, SOURCE, () => coloured);
  const copy = async () => {
    timer = 0;
    tell();
    const style = copyOf(map, declared);
    const text = JSON.stringify([style, chosen()]);
    if (text === before) return;
    before = text;
    second.setStyle(withNumbers(style, second), { diff: true });
    coloured = null;
    asked.abort();
    asked = new AbortController();
    const [choice, other] = [readChoice(declared), comparedWith(chosen())];
    if (choice?.metric.key !== FILTERED || !other) return;
    const found = await valuesOf(choice, "highest", asked.signal, { ...chosen(), ...other }).catch(() => null);
    if (!found || !second.getSource(SOURCE)) return;
    give(second, choice, found.values);
    coloured = { choice, values: found.values };
    second.triggerRepaint();
  };
  const soon = () => {
    if (!timer) timer = window.setTimeout(() => void copy(), COPY_MS);
  };
  second.once("load", soon);
  map.on("styledata", soon);
  whenChosen(soon);
  return () => {
    window.clearTimeout(timer);
    timer = -1; // nothing is copied any more
    asked.abort();
    map.off("styledata", soon);
  };
}

/** Both maps move together, whichever is moved. */
function together(map: MapLibre, second: MapLibre): () => void {
  let leading = false;
  const lead = (move: () => void) => () => {
    if (leading) return;
    leading = true;
    move();
    leading = false;
  };
  const follow = lead(() => second.jumpTo({ center: map.unproject(middleOf(map)), zoom: map.getZoom() }));
  const back = lead(() => {
    map.jumpTo({ zoom: second.getZoom() });
    moveTo(map, second.getCenter());
  });
  map.on("move", follow);
  map.on("resize", follow);
  second.on("move", back);
  return () => {
    map.off("move", follow);
    map.off("resize", follow);
  };
}

/** Move the map until this place is in the middle of the part that panels leave free. */
function moveTo(map: MapLibre, place: LngLat): void {
  const [at, middle] = [map.project(place), middleOf(map)];
  map.panBy([at.x - middle[0], at.y - middle[1]], { duration: 0 });
}

/** The middle of the part of the map that panels leave free, in pixels. */
function middleOf(map: MapLibre): [number, number] {
  const { clientWidth, clientHeight } = map.getContainer();
  return [(clientWidth + (isPhone() ? 0 : PANEL_PX)) / 2, clientHeight / 2];
}
