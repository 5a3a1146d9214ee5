// Starts the page: words first, then the district, then the map and its panels.
import "./css/base.css";
import "./css/panels.css";
import "./css/figures.css";
import "./css/explore.css";
import "./css/place.css";
import "./css/unit.css";
import "./css/tools.css";
import "./css/phone.css";
import "./css/print.css";
import "./css/live.css";
import "./reach/reach.css";
import * as api from "./api";
import { notBegun } from "./begun";
import { classed } from "./classes";
import { densityLegend } from "./density";
import { find, h } from "./dom";
import { explorePanel } from "./explore/panel";
import { figuresPanel } from "./figures/figures";
import { keepFresh } from "./fresh";
import { inViewPanel } from "./inview/list";
import { openLive } from "./live/client";
import { followChanges } from "./live/overlay";
import { liveSign } from "./live/sign";
import { watchThinning } from "./hint";
import { language, t, whenLanguage } from "./i18n";
import { layersPanel } from "./layers";
import { directoryPanel } from "./list";
import { makeMap } from "./map";
import { quietGround } from "./quiet";
import { searchBox } from "./search";
import { makeSheet } from "./sheet";
import { speakBoth } from "./speak";
import { addTools } from "./tools/tools";
import { visits } from "./visit";
import { useZone } from "./zone";

// The other pages; each word of the catalogue is called like its page.
const PAGES = ["operations", "wall", "coverage", "plans", "shares", "my", "import"] as const;

function dataLine(district: api.District): HTMLElement {
  const line = h("footer", { class: "data" });
  whenLanguage(() => {
    const system = district.systems.find((each) => each.plan);
    const name = system && (language() === "zh" ? system.name : system.name_en);
    line.replaceChildren(
      ...(system?.plan ? [h("p", {}, t("plan", { name: `${name} ${system.plan.valid_from}` }))] : []),
      h("p", {}, t("data", { srid: district.srid })),
      h("nav", { "aria-label": t("pages") }, ...PAGES.map((page) => h("a", { href: `/${page}${location.hash.includes("lang=en") ? "#lang=en" : ""}` }, t(page)))));
  });
  return line;
}

async function start(): Promise<void> {
  speakBoth();
  find("#cover").replaceChildren(h("div", { class: "busy" }, h("p", {}, t("loading"))));
  const live = openLive([], true);
  const asked = [api.district(), api.layers(), api.areas(), api.chiefs(), live.begun] as const;
  const [district, declared, areas, chiefs] = await Promise.all(asked);
  find("#district").textContent = district.name;
  whenLanguage(() => (document.title = `${district.name} · ${t("title")}`));
  useZone(district.time_zone);
  const map = makeMap(district, declared);
  map.once("load", () => find("#cover").replaceChildren());
  const visit = visits(map, declared);
  find("#finder").append(searchBox(visit.result));
  const fresh = keepFresh(map, district, declared);
  followChanges(map, live, fresh);
  find("#bar").append(liveSign(live));
  watchThinning(map, fresh);
  const panel = layersPanel(map, fresh);
  const quiet = quietGround(map, panel.turn);
  const figures = figuresPanel(map, fresh, quiet, visit.unit);
  const density = declared.layers.find(({ style }) => style.shape === "heat");
  if (density) panel.setLegend(density.key, densityLegend(map, density, quiet, figures.leave));
  makeSheet({ layers: panel.element, explore: explorePanel(map, fresh, areas, chiefs), figures: figures.element, directory: await directoryPanel(visit.area), inview: inViewPanel(map, declared, visit) }, dataLine(district));
  addTools(map, district, declared, areas, visit);
  // For tests and for people who look under the bonnet.
  Object.assign(window, { luge: { map, classed } });
}

start().catch(notBegun("failed"));
