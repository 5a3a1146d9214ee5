// What the service says of files, rows and requests is English; here is what of it has a Chinese form.
import { language, tValue } from "./i18n";

// Where a group is the name of a field, it becomes the field's name on the page.
const CHINESE: [pattern: RegExp, zh: string][] = [
  [/^outside the district, (.+) away$/, "在本区之外，相距 $1"],
  [/^outside the district$/, "在本区之外"],
  [/^lon and lat look swapped.*/, "经纬度可能写反了：对调后在本区内"],
  [/^no place: (.+)$/, "没有位置：$1"],
  [/^no geometry$/, "没有图形"],
  [/^empty geometry$/, "图形是空的"],
  [/^lies at 0\/0.*/, "坐标为 0/0：没有填写位置"],
  [/^has a coordinate that is not a number$/, "坐标不是数字"],
  [/^lies outside China, where (.+) does not exist$/, "在中国之外，那里没有 $1"],
  [/^is not on Earth in (.+?):.*/, "坐标超出 $1 的范围"],
  [/^(\S+) is missing$/, "缺少“$1”"],
  [/^(\S+) is before reported_at$/, "$1 早于上报时间"],
  [/^same (\S+) '(.*)' as row (\d+)$/, "与第 $3 行的 $1 “$2” 相同"],
  [/^same (\S+) '(.*)' as row$/, "与另一行的 $1 相同"],
  [/^repeats row (\d+).*/, "与第 $1 行重复"],
  [/^has (\d+) cells where the header has (\d+)$/, "有 $1 格，表头有 $2 格"],
  [/^lies outside China$/, "在中国之外"],
  [/^(\S+)(?: \(.+\))?: '(.*)' is not a number$/, "$1：“$2”不是数字"],
  [/^(\S+)(?: \(.+\))?: '(.*)' is not a whole number$/, "$1：“$2”不是整数"],
  [/^(\S+)(?: \(.+\))?: '(.*)' is not a date or time.*/, "$1：“$2”不是日期时间，请写成 2024-03-05 08:15"],
  [/^(\S+)(?: \(.+\))?: '(.*)' is unclear.*/, "$1：“$2”分不清日和月，请写成 2024-03-05"],
  [/^(\S+)(?: \(.+\))?: '(.*)' is none of .*/, "$1：没有“$2”这一项"],
  [/^(\S+)(?: \(.+\))?: '(.*)' is less than (.+)$/, "$1：“$2”小于 $3"],
  [/^(\S+)(?: \(.+\))?: '(.*)' is not between (.+) and (.+)$/, "$1：“$2”不在 $3 到 $4 之间"],
  [/^Doubtful datum: as declared \((.+?)\) (.+?) of (.+) points (.+); as (\S+) (.+?): is it .*/, "坐标存疑：按 $1，$3 个点中 $2 $4；按 $5 则为 $6"],
  [/^Doubtful datum: as declared \((.+?)\) (.+?) of (.+) points (.+); as (\S+) (.+?): were .*/, "坐标存疑：按 $1，$3 个点中 $2 $4；按 $5 则为 $6。是否把 $5 当作 WGS 84 投影了？"],
  [/^Of (.+) points (.+?) (.+) if they are (\S+) \((.+)\).*/, "看来是 $4：$1 个点中 $2 $3（$5）"],
  [/^Kept as labels: (.+)\.$/, "作为标签保留：$1"],
  [/^Not recognised, and not used: (.+)\.$/, "没有识别，不使用：$1"],
  [/^(\S+) rows have no (\S+): it is made of .*/, "$1 行没有 $2：由内容和位置生成，同一文件再次导入不会重复"],
  [/^(\S+) rows have no (\S+): their (\S+) stands in\.$/, "$1 行没有 $2：以 $3 代替"],
  [/^The file says its CRS is (.+); it was read as (.+), as declared\.$/, "文件声明坐标系为 $1，按所选的 $2 读取"],
  [/^(\d+) of (\d+) lie in a block, (\d+) within (.+) of a road$/, "$2 个中有 $1 个落在街区内，$3 个在道路 $4 以内"],
  [/^the network has (\d+) segments between (\d+) nodes \((\d+) kept, (\d+) new, (\d+) gone\)$/, "路网有 $1 个路段、$2 个节点（保留 $3，新增 $4，消失 $5）"],
  [/^(\d+) links of points changed$/, "$1 个点的归属有变化"],
  [/^Suspicious: (.+) rows share the point (\(.+\))\..*/, "可疑：$1 行都在同一点 $2，是默认位置吗？"],
  [/^(.+) geometries have heights.*/, "$1 个图形带高程，已去掉"],
  [/^(\d+) polygons were invalid and repaired: (.+)$/, "$1 个面不合法，已修复：$2"],
  [/^(\d+) lines in several parts became (\d+) rows\.$/, "$1 条多段线拆成 $2 行"],
  [/^Read (?:layer|sheet) '(.+)'; also there: (.+)\.$/, "读取了“$1”；文件中还有：$2"],
  [/^(\S+) not understood, there is no road (.+); did you mean (.+)\?$/, "没有“$2”这条路，是 $3 吗？"],
  [/^(\S+) not understood, there is no road (.+)$/, "没有“$2”这条路"],
  [/^(\S+) not understood, (.+) does not meet (.+); did you mean (.+)\?$/, "$1：$2 与 $3 不相交，是 $4 吗？"],
  [/^(\S+) not understood, (.+) does not meet (.+?)(?:; it meets (.+))?$/, "$1：$2 与 $3 不相交（相交的有 $4）"],
  [/^(\S+) not understood, no door (\d+) is known on (.+?)(?:; the nearest known are (.+))?$/, "$1：$3 上不知道 $2 号（最近的门牌 $4）"],
  [/^(\S+) not understood$/, "“$1”看不懂"],
  [/^metres are held$/, "已有人负责"],
  [/^chief not clear$/, "不知道是哪一位路长"],
  [/^side not understood, '(.+)' is no side.*/, "侧：没有“$1”这一项，请写左、右、双侧、东、西、南、北、单号、双号"],
  [/^side not understood, (.+) has no such side here: it has (.+)$/, "侧：$1 在这里只有 $2"],
  [/^(\S+) not understood, (.+)$/, "$1 看不懂：$2"],
  [/^chief not clear, several chiefs are called (.+) \((.+)\).*/, "有几位路长叫 $1（$2）：请加路长编号"],
  [/^metres are held, (.+) holds (.+) since (\S+?)(?:, and (\d+) more)?: .*/, "$1 自 $3 起已负责 $2：先结束那条责任，或交接"],
  [/^(\d+) duties over (\d+) m of side, (\d+) new chiefs$/, "$1 条责任，$2 米沿街，新增路长 $3 人"],
  [/^from not understood, no road, lane or river is near: press on one$/, "附近没有道路、弄或河：请按在路上"],
  [/^to not understood, this is less than a stretch: draw on along the road$/, "不足一段：请沿路继续拖动"],
  [/^the plan is (\w+) and can become (.+), not (\w+)$/, "方案现为“$1”，不能变为“$3”"],
  [/^plan (\d+) is (\w+): only a (\w+) can be changed so$/, "方案 #$1 现为“$2”，不能这样修改"],
  [/^there is no plan (\d+)$/, "没有方案 #$1，可能已删除"],
  [/^grid (\d+) of plan (\d+) is locked: .*/, "网格 $1 已锁定：先解锁再修改"],
  [/^grid (\d+) of plan (\d+) has (\d+) blocks: .*/, "网格 $1 还有 $3 个街区：先划到别的网格"],
  [/^plan (\d+) has no stroke to undo$/, "没有可撤销的操作"],
  [/^plan (\d+) has no stroke to do again$/, "没有可重做的操作"],
  [/^block (\d+) is not in plan (\d+): .*/, "方案里没有街区 $1：可能已被切分或合并"],
  [/^say the day from which the plan is to hold$/, "请填写生效日期"],
  [/^(\S+) has passed: a plan is published from today \((.+)\) or later$/, "$1 已过：最早从今天（$2）起生效"],
  [/^another plan holds from (\S+): .*/, "$1 起已有另一方案生效：请选更晚的日期"],
  [/^plan (\d+) was begun on plan (\S+), and plan (\S+) has come into force since: .*/, "起草后方案 #$3 已生效：请以它为基础重新起草"],
  [/^(\d+) blocks are others today than when plan (\d+) was begun.*/, "起草后街区重新划分过，有 $1 个不同：请重新起草"],
  [/^another (?:draft|proposal) is being computed by this service; .*/, "正在计算另一份建议：请等它完成，或先停止它"],
  [/^(\d+) of the blocks that proposal (\d+) would move were painted since; .*/, "建议涉及的街区中有 $1 个已被改动：请重新请求建议"],
  [/^grids of the draft have changed since proposal (\d+) was made: .*/, "建议做出后网格有变：请重新请求建议"],
  [/^none of the blocks that were chosen is in the draft$/, "所选街区都不在草案里"],
  [/^a place has both lon and lat$/, "位置要同时有经度和纬度"],
  [/^two to (\d+) different plans can be compared$/, "可比较 2 到 $1 个不同的方案"],
  [/^a number of grids can be wished for only where the whole is redrawn$/, "只有整体重划时才能指定网格数"],
  [/^(\d+) grids are fewer than the (\d+) areas that need one each$/, "$2 个社区各需一个网格，$1 个不够"],
  [/^grid (\d+) has (\d+) blocks: not enough for (\d+) grids$/, "网格 $1 只有 $2 个街区，分不成 $3 个网格"],
  [/^grid (\d+) has no open grid beside it in its area to take its blocks$/, "网格 $1 在本社区内没有未锁定的相邻网格可接收"],
  [/^no open grid of its area borders grid (\d+)$/, "本社区内没有未锁定的网格与网格 $1 相邻"],
  [/^(?:the draft|plan (\d+)) has no grid (\d+)$/, "草案里没有网格 $2"],
  [/^grid (\d+) is locked: .*/, "网格 $1 已锁定：先解锁再修改"],
  [/^every grid of the draft is locked$/, "草案的网格全部锁定了"],
  [/^no area has two open grids$/, "没有一个社区有两个未锁定的网格"],
  [/^name the grid systems that are to be united with the draft$/, "请选择要与草案合并的网格体系"],
  [/^a piece of (\S+) m² would be left, and the least is (\S+) m²: .*/, "会留下 $1 平方米的小块，最小为 $2 平方米：请换个位置画线"],
  [/^name two blocks or more to join$/, "请选择两个以上街区来合并"],
  [/^a turn lasts a number of (\S+)s, not (.+)$/, "一轮的时长要写成整数，不能是 $2"],
  [/^(\S+): a limit is a number from 0 on, or null, not (.+)$/, "$1：上下限要写 0 以上的数，不能是 $2"],
  [/^there is no limit (.+); there are .*/, "没有“$1”这一项上下限"],
  [/^some points of the line are no places in degrees$/, "线上有的点不是经纬度位置"],
  [/^the blocks lie in different areas, .*/, "这些街区分属不同社区，不能合并"],
  [/^the blocks are in different grids under plan (\d+) \((.+)\): .*/, "这些街区在方案 #$1（$2）里分属不同网格，合并后就分不清那时的归属"],
  [/^plan (\d+) has no comment (\d+)$/, "方案 #$1 没有意见 $2"],
  [/^(.+), (.+) is no place in the district's CRS$/, "$1, $2 不是本区坐标系里的位置"],
  [/^the file has no column (.+); it has (.+)$/, "文件里没有“$1”这一列；有 $2"],
  [/^proposal (\d+) is (\w+), so there is nothing to stop$/, "建议 $1 现为“$2”，不用停止"],
  [/^proposal (\d+) is (\w+); only a ready one is applied$/, "建议 $1 现为“$2”，算好的才能采纳"],
  [/^there is no proposal (\d+)(?: for plan \d+)?$/, "没有建议 $1"],
  [/^the grid system (.+) has no plan in force to unite with$/, "网格体系 $1 现在没有生效的方案，不能合并"],
  [/^there is no grid system (.+); .*/, "没有网格体系 $1"],
  [/^there is no plan (\d+) of the grid system (.+)$/, "网格体系 $2 没有方案 #$1"],
  [/^a replay lies in the years (\d+) to (\d+)$/, "回放时段要在 $1 到 $2 年之间"],
  [/^a replay is of 1 to (\d+) days: .*/, "回放时段为 1 到 $1 天"],
  [/^only plans of one grid system can be held against each other$/, "只能比较同一网格体系的方案"],
  [/^no plan of the grid system (.+) is in force: .*/, "网格体系 $1 现在没有生效的方案：请指定与哪个方案比较"],
  [/^plan (\d+) is of the grid system (.+), plan (\d+) of (.+); .*/, "方案 #$1 属 $2，方案 #$3 属 $4：只能比较同一网格体系的方案"],
  [/^there is no rotation (\d+)$/, "没有轮值 $1，可能已删除"],
  [/^there is no area (.+)$/, "没有区划 $1"],
  [/^plan \S+ has no block (\S+): it may have been cut since$/, "方案里没有街区 $1，它可能已被切分"],
  [/^name one line: a LINESTRING as WKT, or a LineString as GeoJSON$/, "请给出一条线：WKT 的 LINESTRING，或 GeoJSON 的 LineString"],
  [/^the line does not cross the block: .*/, "线没有穿过街区：请从一侧画到另一侧"],
  [/^a piece of (\S+) m² would be left, and the least is (\S+) m²: .*/, "切下的一块只有 $1 平方米，至少要 $2 平方米：请换个位置画线"],
  [/^some points of the line are no places in degrees$/, "线上有的点不是地面上的位置"],
  [/^name two blocks or more to join$/, "请至少选两个街区"],
  [/^the blocks lie in different areas, .*/, "这些街区不在同一社区：一个街区只属于一个社区"],
  [/^the blocks are in different grids under plan (\d+) \((.+)\): .*/, "这些街区在方案 #$1（$2）里分属不同网格：合并后那时的情况就分不清了"],
  [/^plan (\d+) is in force, or another plan follows it: .*/, "方案 #$1 已生效，或之后另有方案：只有未到生效日的方案能撤回"],
  [/^the blocks do not all lie beside one another along an edge$/, "这些街区并不全都相邻"],
  [/^(\S+) has passed, and what was stays as it was: choose (\S+) or later$/, "$1 已过，过去不能改：请选 $2 或以后"],
  [/^no road or lane has a chief of the role (\w+) on (\S+)$/, "$2 没有这一级路长的路段"],
  [/^duties that begin after (\S+) are written down already for (.+); choose a day from (\S+) on$/, "$2 在 $1 之后已有安排：请选 $3 或以后"],
  [/^there is no chief '(.+?)'.*/, "没有编号为 $1 的路长"],
  [/^'(.+)' is neither the code of a chief who has stretches here, nor a road here, nor the number of a stretch.*/, "“$1”既不是这里的路长编号，也不是路名或路段号"],
  [/^the road network has changed since draft (\d+) was made: .*/, "起草后路网有变：请重新计算"],
  [/^duties have changed since draft (\d+) was made, on (.+); nothing was written: make it anew$/, "起草后 $2 的责任有变，没有写入：请重新计算"],
  [/^(.+) has no chief yet: name one$/, "$1 还没有路长：请指定一位"],
  [/^there is a rotation '(.+)' already: .*/, "已有名为“$1”的轮值：请换个名字"],
  [/^a rotation needs somebody who takes a turn$/, "轮值至少要有一人"],
  [/^the rotation ends on (\S+), before it begins on (\S+)$/, "轮值结束（$1）早于开始（$2）"],
  [/^that makes more than (\d+) (?:duties|turns): end it earlier$/, "会超过 $1 次：请把结束日期提前"],
  [/^the database does not answer; .*/, "数据库没有响应，请稍后再试"],
  [/^the database took too long to answer; .*/, "数据库响应太慢：请稍后再试，或缩小范围"],
  [/^something went wrong on the server; .*/, "服务出错了，请稍后再试；详情在服务日志里"],
  [/^there is nothing at (.+)$/, "服务没有 $1"],
  [/^there is no road chief '(.+)'$/, "没有编号为 $1 的路长"],
  [/^the layer \S+ has no unit (\d+)$/, "这里没有 $1 号：可能已撤销，或网址有误"],
  [/^reading (.+)$/, "正在读取"],
  [/^checking (\d+) rows$/, "正在检查 $1 行"],
  [/^writing (\d+) rows$/, "正在写入 $1 行"],
  [/^keeping$/, "正在提交"],
  [/^starting$/, "正在开始"],
  [/^The service was stopped while it ran this import\..*/, "服务在导入途中停止了。没有写入任何数据，请重新开始"],
  [/^The connection to the database broke off\..*/, "与数据库的连接中断。没有写入任何数据，请重新开始"],
];

// What a test of the datum says that points do.
const FITS: [pattern: RegExp, zh: string][] = [
  [/^fall in the (\S+) they name$/, "落在所写的区划里"],
  [/^lie by the road they name$/, "在所写的道路旁"],
  [/^run on a road that is known$/, "与已知道路重合"],
  [/^stand off the carriageways$/, "不在车行道上"],
  [/^are not in water$/, "不在水里"],
  [/^run through no compound$/, "不穿过小区"],
  [/^lie in the district$/, "在本区内"],
  [/^lie on a border that is known$/, "与已知边界重合"],
  [/ as /g, " 按 "],
];

// The page itself shows these.
const SHOWN_ELSEWHERE = /^(Columns|For all rows): /;
// The page has buttons for what the command line has options for.
const OPTIONS = /\s*[^.:;]*\s--\w[^.]*\./g;

export function say(text: string): string {
  if (language() === "zh") return text.split("; ").length > 1 && !find(text) ? text.split("; ").map(chinese).join("；") : chinese(text);
  const said = text.replace(OPTIONS, "").trim();
  return said.charAt(0).toUpperCase() + said.slice(1);
}

function find(text: string): [RegExp, string] | undefined {
  return CHINESE.find(([pattern]) => pattern.test(text));
}

function chinese(text: string): string {
  const found = find(text);
  if (!found) return text.replace(OPTIONS, "").trim();
  const groups = found[0].exec(text) ?? [];
  return found[1].replace(/\$(\d)/g, (_, at: string) => word(groups[Number(at)] ?? ""));
}

function word(text: string): string {
  const fit = FITS.find(([pattern]) => pattern.test(text));
  if (fit) return text.replace(fit[0], fit[1]);
  return tValue("plans", tValue("field", text)).replaceAll(" or ", "、");
}

export function notesToShow(notes: string[]): string[] {
  return notes.filter((note) => !SHOWN_ELSEWHERE.test(note)).map(say);
}
