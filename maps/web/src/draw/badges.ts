// Station badges, drawn on a canvas: a disc of the tier's colour with a white star.
import type { Map as MapLibre } from "maplibre-gl";
import type { Layer } from "../api";
import { stationImage } from "./points";

const SIZE = 26;
const SCALE = 2;

export function addBadges(map: MapLibre, stations: Layer): void {
  for (const { value, colour } of stations.style.swatches) {
    map.addImage(stationImage(value), badge(colour), { pixelRatio: SCALE });
  }
}

function badge(colour: string): ImageData {
  const side = SIZE * SCALE;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("the browser gives no canvas to draw on");
  const middle = side / 2;
  disc(pen, middle, middle - 2, "#ffffff");
  disc(pen, middle, middle - 6, colour);
  star(pen, middle, middle * 0.48);
  return pen.getImageData(0, 0, side, side);
}

function disc(pen: CanvasRenderingContext2D, middle: number, radius: number, colour: string): void {
  pen.beginPath();
  pen.arc(middle, middle, radius, 0, 2 * Math.PI);
  pen.fillStyle = colour;
  pen.fill();
}

function star(pen: CanvasRenderingContext2D, middle: number, radius: number): void {
  pen.beginPath();
  for (let corner = 0; corner < 10; corner++) {
    const reach = corner % 2 ? radius * 0.42 : radius;
    const angle = (corner * Math.PI) / 5 - Math.PI / 2;
    pen.lineTo(middle + reach * Math.cos(angle), middle + reach * Math.sin(angle));
  }
  pen.closePath();
  pen.fillStyle = "#ffffff";
  pen.fill();
}
