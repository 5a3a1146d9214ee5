// The map: stretches in the colour of who has them today, of who would have them, or what changes.
import { GeoJSONSource, LngLatBounds, Map as MapLibre, NavigationControl, ScaleControl } from "maplibre-gl";
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import "../maplibre";
import type { Bounds, District, Layers } from "../api";
import { byZoom } from "../draw/colours";
import { groundStyle } from "../draw/style";
import { duration, find } from "../dom";
import { t, whenLanguage } from "../i18n";
import { colourOf } from "./colours";
import type { Colours } from "./colours";
import type { Stretch } from "./service";

export type View = "before" | "after" | "changes";

const CHINA: Bounds = [73, 18, 135, 54];
const TOGGLES = ["areas", "roads", "named_roads"];
const CHANGED = "#d4481c";
const SAME = "#8fa0b5";
const NOBODYS = "#c3cad4";
const REACH_PX = 7;

export interface Drawn {
  stretch: Stretch;
  before: string | null;
  after: string;
}

export interface Ground {
  map: MapLibre;
  show(drawn: Drawn[], colours: Colours): void;
  view(view: View): void;
  choose(key: string, view: View, go: boolean): void;
}

export function ground(district: District, declared: Layers, pick: (id: number | null) => void): Ground {
  const map = new MapLibre({
    container: find("#map"), style: groundStyle(declared, TOGGLES), bounds: district.bounds ?? CHINA, fitBoundsOptions: { padding: 24 },
    minZoom: 8, maxZoom: 20, dragRotate: false, pitchWithRotate: false, attributionControl: false, fadeDuration: 0,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
  map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-left");
  whenLanguage(() => map.getCanvas().setAttribute("aria-label", t("shares_map")));
  const frame = map.getContainer();
  const busy = (now: boolean) => frame.setAttribute("aria-busy", String(now));
  busy(true);
  map.on("movestart", () => busy(true));
  map.on("idle", () => busy(false));
  const ready = new Promise<void>((resolve) => map.once("load", () => {
    map.addSource("stretches", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    for (const layer of layers()) map.addLayer(layer, map.getStyle().layers.find(({ type }) => type === "symbol")?.id);
    resolve();
  }));
  map.on("click", ({ point: { x, y } }) => {
    const box: [[number, number], [number, number]] = [[x - REACH_PX, y - REACH_PX], [x + REACH_PX, y + REACH_PX]];
    pick((map.queryRenderedFeatures(box, { layers: ["stretches"] })[0]?.id as number | undefined) ?? null);
  });
  let latest: Drawn[] = [];
  const redraw = () => {
    busy(true);
    map.triggerRepaint();
  };
  return {
    map,
    show(drawn, colours) {
      latest = drawn;
      void ready.then(() => {
        if (latest !== drawn) return;
        map.getSource<GeoJSONSource>("stretches")?.setData({ type: "FeatureCollection", features: drawn.map((one) => feature(one, colours)) });
        redraw();
      });
    },
    view(view) {
      void ready.then(() => {
        map.setPaintProperty("stretches", "line-color", ["get", view]);
        map.setPaintProperty("stretches", "line-width", widths(view));
        redraw();
      });
    },
    choose(key, view, go) {
      void ready.then(() => {
        const whose = view === "before" ? "was" : "is";
        const faded: ExpressionSpecification = ["case", ["==", ["get", whose], key], 1, view === "changes" ? ["==", ["get", "was"], key] : false, 1, 0.22];
        map.setPaintProperty("stretches", "line-opacity", key ? faded : 1);
        map.setFilter("stretches-chosen", ["==", ["get", whose], key || "-"]);
        if (key && go) fit(map, latest.filter((one) => (view === "before" ? one.before : one.after) === key));
        redraw();
      });
    },
  };
}

function fit(map: MapLibre, drawn: Drawn[]): void {
  const box = new LngLatBounds();
  for (const { stretch } of drawn) for (const at of stretch.geometry.coordinates) box.extend(at as [number, number]);
  if (!box.isEmpty()) map.fitBounds(box, { padding: 60, maxZoom: 16, duration: duration(600) });
}

function widths(view: View): ExpressionSpecification {
  const wide: ExpressionSpecification = byZoom([11, 2], [14, 4], [17, 8]) as ExpressionSpecification;
  return view === "changes" ? (byZoom([11, 1.4], [14, 3.2], [17, 7]) as ExpressionSpecification) : wide;
}

function layers(): LayerSpecification[] {
  const round = { "line-cap": "round", "line-join": "round" } as const;
  return [
    { id: "stretches-chosen", type: "line", source: "stretches", layout: round, filter: ["==", ["get", "is"], "-"],
      paint: { "line-color": "#16202f", "line-width": byZoom([11, 5], [14, 8], [17, 13]) } },
    { id: "stretches", type: "line", source: "stretches", layout: round, paint: { "line-color": ["get", "after"], "line-width": widths("after") } },
  ];
}

function feature({ stretch, before, after }: Drawn, colours: Colours): GeoJSON.Feature {
  const changes = before !== after;
  return {
    type: "Feature", id: stretch.id, geometry: stretch.geometry,
    properties: {
      was: before ?? "", is: after, before: before ? colourOf(colours, before) : NOBODYS, after: colourOf(colours, after),
      changes: changes ? CHANGED : SAME,
    },
  };
}
