// In words: what a block is, why an edge is there, which rule it meets or breaks.
import { h } from "../dom";
import { number as say, t } from "../i18n";
import type { Key } from "../i18n";
import { nameOf } from "./desk";
import type { Desk } from "./desk";
import type { Block, Edge } from "./ground";
import { isBorder } from "./sketch";

export function gridName(desk: Desk, number: number): string {
  return number ? nameOf(desk, number) : t("plans_unassigned");
}

export function blockWords(desk: Desk, place: number): (string | HTMLElement)[] {
  const { sketch, ground } = desk.editor;
  const block = ground.blocks[place]!;
  const [now, based] = [sketch.of[place]!, desk.editor.based[place]!];
  return [
    h("b", {}, block.code), ` · ${gridName(desk, now)}`, based !== now && based ? ` · ${t("plans_was", { name: gridName(desk, based) })}` : "",
    ` · ${t("plans_block_line", { households: say(block.households), people: say(block.people), load: say(Math.round(block.load * 10) / 10) })}`,
    block.parents[0] ? ` · ${areaName(desk, block)}` : "",
  ];
}

function areaName({ areas }: Desk, { parents }: Block): string {
  return areas.get(parents[0]!)?.name ?? parents[0]!;
}

/** A verdict on an edge where two grids meet: a rule that it meets or breaks. */
interface Verdict {
  good: boolean;
  text: string;
}

export function edgeWhy({ kind, why, metres }: Edge): string {
  return t("plans_edge_why", { kind: why ? t("plans_along", { kind: t(`plans_kind_${kind}`), why }) : t(`plans_kind_${kind}`), metres: say(Math.round(metres)) });
}

export function edgeVerdicts(desk: Desk, place: number): Verdict[] {
  const { ground, sketch } = desk.editor;
  const { a, b, kind } = ground.edges[place]!;
  const [one, other] = [ground.blocks[a]!, ground.blocks[b]!];
  const wholes = ground.partOf[a]!.filter((whole) => ground.partOf[b]!.includes(whole));
  const crosses = one.parents[0] !== other.parents[0];
  const say_ = (good: boolean, key: Key): Verdict => ({ good, text: t(key) });
  if (!isBorder(sketch, place)) {
    const grid = desk.editor.grids.get(sketch.of[a]!);
    const outside = grid?.parent && (!one.parents.includes(grid.parent) || !other.parents.includes(grid.parent));
    return crosses && outside ? [say_(false, "plans_edge_over")] : [];
  }
  return [
    say_(kind !== "nothing", kind === "nothing" ? "plans_edge_nothing" : kind === "lane" ? "plans_edge_lane" : "plans_edge_follows"),
    ...wholes.map((whole): Verdict => ({ good: false, text: t("plans_edge_cuts", { name: ground.wholes[whole]!.name }) })),
    ...(crosses ? [say_(true, "plans_edge_legal")] : []),
  ];
}

export function edgeWords(desk: Desk, place: number): (string | HTMLElement)[] {
  const { ground, sketch } = desk.editor;
  const { a, b } = ground.edges[place]!;
  const sides = isBorder(sketch, place)
    ? t("plans_edge_between", { one: gridName(desk, sketch.of[a]!), other: gridName(desk, sketch.of[b]!) })
    : t("plans_edge_within", { one: gridName(desk, sketch.of[a]!) });
  return [h("b", {}, sides), ` · ${edgeWhy(ground.edges[place]!)}`,
    ...edgeVerdicts(desk, place).flatMap(({ good, text }) => [" ", h("span", { class: good ? "verdict good" : "verdict bad" }, text)])];
}
