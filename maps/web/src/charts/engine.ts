// The parts of ECharts that our charts are made of. Loaded with the first chart that is seen, so that no
// page waits for it.
import { BarChart, HeatmapChart } from "echarts/charts";
import { DataZoomSliderComponent, GridComponent, TooltipComponent, VisualMapPiecewiseComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, HeatmapChart, DataZoomSliderComponent, GridComponent, TooltipComponent, VisualMapPiecewiseComponent, SVGRenderer]);

export { init };
