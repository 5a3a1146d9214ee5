// Lines, which only some pages draw.
import { LineChart } from "echarts/charts";
import { use } from "echarts/core";

use([LineChart]);
