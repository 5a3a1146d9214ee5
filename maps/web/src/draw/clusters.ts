// Incidents that crowd, as circles with their number.
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Layer } from "../api";
import { STRONG } from "./text";

/** What clusters are switched by, and the style layer of their circles. */
export const CLUSTERS = "clusters";
export const CLUSTER_COLOUR = "#41597c";
/** Numbers of incidents and the radius of their circle in pixels; a cell is 85 pixels wide at least. */
export const CLUSTER_SIZES = [[5, 10], [50, 14], [500, 20], [5000, 27]] as const;

const COUNT: ExpressionSpecification = ["get", "count"];
const RADIUS = ["interpolate", ["linear"], ["log10", COUNT], ...CLUSTER_SIZES.flatMap(([count, radius]) => [Math.log10(count), radius])] as unknown as ExpressionSpecification;

export function clusters({ key, clusters: last }: Layer): LayerSpecification[] {
  const common = { source: key, "source-layer": `${key}_clusters`, maxzoom: last + 1 } as const;
  return [
    {
      id: CLUSTERS, type: "circle", ...common, layout: { "circle-sort-key": COUNT },
      paint: { "circle-color": CLUSTER_COLOUR, "circle-opacity": 0.86, "circle-radius": RADIUS, "circle-stroke-color": "#fff", "circle-stroke-width": 1.5 },
    },
    {
      id: "cluster-numbers", type: "symbol", ...common,
      layout: {
        "text-field": ["to-string", COUNT],
        "text-font": STRONG, "text-size": ["step", COUNT, 11, 50, 12, 500, 13], "text-allow-overlap": true, "text-padding": 3,
      },
      paint: { "text-color": "#fff" },
    },
  ];
}
