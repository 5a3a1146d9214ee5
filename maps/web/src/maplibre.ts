// MapLibre finds its worker here: a page that makes maps imports this module.
import workerUrl from "virtual:map-worker";
import { prewarm, setWorkerUrl } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";

setWorkerUrl(workerUrl);
// The worker starts while the page still asks for what the map is made of.
prewarm();
