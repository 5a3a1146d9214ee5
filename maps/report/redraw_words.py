"""The words of reports on drafts: Chinese and English."""

REDRAW_WORDS: dict[str, tuple[str, str]] = {
    "redraw": ("{name}网格调整方案报告", "{name}: report on a redraw of grids"),
    "redraw_replayed": ("回放时段", "replayed"),
    "redraw_plans": (
        "新方案“{after}”对比“{before}”",
        "the draft “{after}” against “{before}”",
    ),
    "redraw_before": ("现方案", "today"),
    "redraw_after": ("新方案", "draft"),
    "redraw_apart": ("变化", "change"),
    "redraw_interval": ("95% 区间", "95 % interval"),
    "redraw_late_interval": ("每周 95% 区间", "a week, 95 %"),
    "redraw_verdict": ("判断", "verdict"),
    "redraw_better": ("改善", "better"),
    "redraw_worse": ("变差", "worse"),
    "redraw_same": ("无明显差别", "no clear difference"),
    "redraw_lighter": ("减负", "lighter"),
    "redraw_heavier": ("加重", "heavier"),
    "redraw_new": ("新设", "new"),
    "redraw_ended": ("撤销", "ended"),
    "redraw_side": ("两方案并排", "Two plans side by side"),
    "redraw_map": ("{name}：每人每周案件", "{name}: cases of a worker's week"),
    "redraw_below": ("少于 {value}", "below {value}"),
    "redraw_from": ("{value} 起", "from {value}"),
    "redraw_between": ("{low}–{high}", "{low}–{high}"),
    "redraw_moves_map": ("换格街区的去向", "Where moved blocks go"),
    "redraw_moved_by": ("逐个街区，案件多的在前", "Block by block, most cases first"),
    "redraw_lineage_by": ("网格之间划转多少", "How much goes from grid to grid"),
    "redraw_checks_by": ("不满足的规则", "Rules that are not kept"),
    "redraw_eased": ("到负荷较轻的网格", "to a grid with less to do"),
    "redraw_burdened": ("到负荷较重的网格", "to a grid with more to do"),
    "redraw_stays": ("不变", "stays"),
    "redraw_figures": ("指标：同一年的工作在两方案下", "The same year's work under both plans"),
    "redraw_figure": ("指标", "figure"),
    "redraw_weekly": (
        "每周忙碌的网格员人数（柱：新方案；横线：现方案）",
        "Busy workers week by week (columns: draft; marks: today)",
    ),
    "redraw_weekly_desc": (
        "全期新方案 {after} 人周，现方案 {before} 人周。",
        "{after} worker weeks under the draft, {before} under today's plan in all.",
    ),
    "redraw_grids": (
        "谁减负、谁加重（变化最大的网格）",
        "Who gains and who loses (grids that change most)",
    ),
    "redraw_cases": ("案件", "cases"),
    "redraw_late": ("逾期", "late"),
    "redraw_walk": ("步行公里", "walk, km"),
    "redraw_each_was": ("每周 现", "a week now"),
    "redraw_each_now": ("每周 新", "a week then"),
    "redraw_moved": ("换格的街区", "Moved blocks"),
    "redraw_block": ("街区", "block"),
    "redraw_from_grid": ("原网格", "from"),
    "redraw_to_grid": ("新网格", "to"),
    "redraw_rest": (
        "另有 {count} 个换格街区未列出。",
        "{count} more moved blocks are not listed.",
    ),
    "redraw_no_moves": ("没有街区换格。", "No block changes hands."),
    "redraw_lineage": ("沿革", "Lineage"),
    "redraw_kind": ("变化", "kind"),
    "redraw_kind_split": ("拆分", "split"),
    "redraw_kind_merged": ("合并", "merged"),
    "redraw_kind_moved": ("划转", "moved"),
    "redraw_kind_ended": ("撤销", "ended"),
    "redraw_kind_new": ("新设", "new"),
    "redraw_blocks": ("街区数", "blocks"),
    "redraw_checks": ("规则检查", "Rules"),
    "redraw_check_hard": ("必须满足", "must hold"),
    "redraw_check_soft": ("提醒", "remark"),
    "redraw_check_none": ("所有规则都满足。", "All rules hold."),
    "redraw_check_rule": ("类别", "kind"),
    "redraw_check_reason": ("情况", "what"),
    "redraw_check_rest": ("另有 {count} 条未列出。", "{count} more are not listed."),
    "redraw_by_grid": ("案件每周每人", "cases of a worker's week"),
    "figure_cases_max_over_mean": (
        "最忙网格员的案件 ÷ 平均", "cases of the busiest worker / mean"),
    "figure_cases_cv": ("案件的变异系数", "variation of cases"),
    "figure_cases_gini": ("案件的基尼系数", "Gini coefficient of cases"),
    "figure_late_max_over_mean": ("逾期最多者 ÷ 平均", "most late cases / mean"),
    "figure_visits_max_over_mean": ("走访最多者 ÷ 平均", "most visits / mean"),
    "figure_patrol_max_over_mean": ("巡查最长者 ÷ 平均", "longest patrols / mean"),
    "figure_walk_m": ("步行总公里", "walking in all, km"),
    "figure_walk_max_over_mean": ("步行最远者 ÷ 平均", "longest walking / mean"),
    "figure_walk_per_case_m": ("每件步行米数", "walking per case, m"),
    "figure_border_share": ("边界道路上的案件（%）", "cases on border roads, %"),
    "figure_busy_weeks": ("忙碌的人周", "busy worker weeks"),
}  # fmt: skip

# What each figure is; docs/replay.md says more.
REDRAW_METHOD: tuple[tuple[str, str], ...] = (
    ("回放：时段内每件案件、每次走访、每段巡查按所在街区归入两个方案的网格（整数关联）；"
     "发生过的事不变，只是归谁不同，合计不随方案变。作废案件不计。",
     "Replay: every case, visit and patrolled metre of the period falls to the grid of its block"
     " under either plan (integer joins). What happened stays; only whose it was changes, so sums"
     " do not depend on the plan. Cancelled cases count nowhere."),
    ("每人：网格的数除以其网格员人数。忙碌：一人一周的案件超过现方案平均的两倍。",
     "A worker's: a grid's by its number of workers. Busy: a worker's week with more than twice the"
     " mean of today's plan."),
    ("步行（估计）：每个网格每天从其工作的中心出发，依次走向最近的案件或走访地点再回来，"
     "直线长度的 1.3 倍。",
     "Walking (an estimate): each day from the middle of the grid's work to the nearest case or"
     " visit, on to the next, and back; 1.3 times the straight lines."),
    ("边界道路上的案件：案件所在道路的对侧属于另一网格。",
     "On border roads: the other side of the case's road belongs to another grid."),
    ("95% 区间：把各周有放回地重抽 1000 次（两方案抽同样的周，固定种子）所得差值的中间 95%；"
     "区间含 0 即无明显差别。",
     "95 % interval: weeks are drawn anew with replacement 1000 times, the same for both plans,"
     " with a fixed seed; the middle 95 % of the differences. Where it holds 0, there is no clear"
     " difference."),
    ("逾期按实际：回放不推断换人之后会快或慢。",
     "Late is what was late: a replay does not guess who would have been faster."),
)  # fmt: skip
