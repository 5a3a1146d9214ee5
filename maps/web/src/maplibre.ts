// MapLibre finds its worker here: a page that makes maps imports this module.
import workerUrl from "virtual:map-worker";
import { setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";

setWorkerUrl(workerUrl);
