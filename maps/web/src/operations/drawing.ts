// Open cases on the map, drawn from the queue itself, so that list and map never differ.
import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { byZoom } from "../draw/colours";
import type { Case } from "./service";
import { isLate, LATE, SHAPES } from "./states";

const SOURCE = "cases";
const SIDE = 30;
const SCALE = 2;
// What counts as the same spot (/api/spot).
const SPOT_M = 50;
const CHOSEN: ExpressionSpecification = ["get", "chosen"];

export interface Drawing {
  show: (cases: Case[], chosen: string) => void;
  at: (point: { x: number; y: number }, reach: number) => string | null;
  spot: (at: [number, number] | null) => void;
}

export function drawCases(map: MapLibre): Drawing {
  let waiting: GeoJSON.Feature[] = [];
  let spot: [number, number] | null = null;
  const put = () => map.getSource<GeoJSONSource>(SOURCE)?.setData({ type: "FeatureCollection", features: waiting });
  const putSpot = () => map.getSource<GeoJSONSource>("spot")?.setData({
    type: "FeatureCollection", features: spot ? [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: spot } }] : [],
  });
  const start = () => {
    for (const status of Object.keys(SHAPES)) {
      map.addImage(`case-${status}`, picture(status, false), { pixelRatio: SCALE });
      map.addImage(`case-${status}-late`, picture(status, true), { pixelRatio: SCALE });
    }
    // Metres in a pixel of zoom 0 at this latitude.
    const pixel = 78_271.517 * Math.cos((map.getCenter().lat * Math.PI) / 180);
    const none = { type: "FeatureCollection", features: [] } as const;
    map.addSource(SOURCE, { type: "geojson", data: { ...none, features: [] } });
    map.addSource("spot", { type: "geojson", data: { ...none, features: [] } });
    map.addLayer({
      id: "spot", type: "circle", source: "spot",
      paint: { "circle-radius": ["interpolate", ["exponential", 2], ["zoom"], 0, SPOT_M / pixel, 22, (SPOT_M * 2 ** 22) / pixel], "circle-color": "#1d5fd1", "circle-opacity": 0.1, "circle-stroke-color": "#1d5fd1", "circle-stroke-width": 1.2, "circle-stroke-opacity": 0.7 },
    });
    map.addLayer({
      id: "cases-chosen", type: "circle", source: SOURCE, filter: CHOSEN,
      paint: { "circle-radius": 19, "circle-color": "#ffffff", "circle-opacity": 0.9, "circle-stroke-color": "#16202f", "circle-stroke-width": 3 },
    });
    map.addLayer({
      id: "cases", type: "symbol", source: SOURCE,
      layout: {
        "icon-image": ["get", "image"], "icon-allow-overlap": true, "icon-ignore-placement": true,
        "icon-size": byZoom([10, 0.28], [12, 0.5], [13, 0.62], [16, 0.9]), "symbol-sort-key": ["case", CHOSEN, 3, ["get", "late"], 2, 1],
      },
    });
    put();
    putSpot();
  };
  if (map.isStyleLoaded()) start();
  else map.once("load", start);
  return {
    show: (cases, chosen) => {
      waiting = cases.map((one) => feature(one, chosen));
      put();
    },
    at: ({ x, y }, reach) => {
      if (!map.getLayer("cases")) return null;
      const found = map.queryRenderedFeatures([[x - reach, y - reach], [x + reach, y + reach]], { layers: ["cases"] });
      return (found[0]?.properties["code"] as string | undefined) ?? null;
    },
    spot: (at) => {
      spot = at;
      putSpot();
    },
  };
}

function feature(one: Case, chosen: string): GeoJSON.Feature {
  const late = isLate(one);
  return {
    type: "Feature", geometry: { type: "Point", coordinates: [one.lon, one.lat] },
    properties: { code: one.code, late, chosen: one.code === chosen, image: `case-${one.status}${late ? "-late" : ""}` },
  };
}

/** The shape of a state on a white disc; a case that is late has a thick ring. */
function picture(status: string, late: boolean): ImageData {
  const { d, colour, hollow } = SHAPES[status]!;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE * SCALE;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("the browser gives no canvas to draw on");
  pen.scale(SCALE, SCALE);
  pen.beginPath();
  pen.arc(SIDE / 2, SIDE / 2, SIDE / 2 - 2.4, 0, 2 * Math.PI);
  pen.fillStyle = "#ffffff";
  pen.fill();
  pen.lineWidth = late ? 3.4 : 1.4;
  pen.strokeStyle = late ? LATE : "#7d8796";
  pen.stroke();
  pen.translate(SIDE / 2 - 8, SIDE / 2 - 8);
  pen.scale(0.8, 0.8);
  const path = new Path2D(d);
  pen.lineWidth = 2.4;
  pen.lineJoin = "round";
  pen.strokeStyle = colour;
  pen.fillStyle = hollow ? "#ffffff" : colour;
  pen.fill(path);
  pen.stroke(path);
  return pen.getImageData(0, 0, SIDE * SCALE, SIDE * SCALE);
}
