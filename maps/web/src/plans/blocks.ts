// Blocks cut along a drawn line, and joined: the ground itself changes, for every plan, and undo does not take it back.
import type { Position } from "geojson";
import { Problem } from "../api";
import { find, h } from "../dom";
import { number as say, t } from "../i18n";
import type { Around, Desk } from "./desk";
import { crossed } from "./ground";
import { membersOf } from "./sketch";
import * as service from "./service";
import type { GroundChanged } from "./service";

export interface Blocks {
  parts(): HTMLElement[];
  /** A line was drawn on the map. */
  drawn(line: Position[]): void;
  /** A block is chosen, or is no longer. */
  pick(place: number): void;
  close(): void;
}

export function blocksOf(desk: Desk, around: Around, again: () => void): Blocks {
  const { editor, board, shapes } = desk;
  const { blocks, at } = editor.ground;
  const picked = new Set((around.after?.blocks ?? []).flatMap((id) => at.get(id) ?? []));
  let cut: { place: number; line: Position[] } | null = null;
  let busy = false;
  let refused = "";

  const mark = () => {
    for (const place of picked) board.block(place, { picked: true });
  };
  const pick = (place: number) => {
    if (picked.delete(place)) board.block(place, { picked: false });
    else picked.add(place);
    mark();
    again();
  };
  const unpick = () => {
    for (const place of picked) board.block(place, { picked: false });
    picked.clear();
    again();
  };
  const lay = (line: Position[], place: number | null) => {
    cut = place === null ? null : { place, line };
    refused = place === null ? t("plans_cut_none") : "";
    board.lasso(cut ? line : [], true);
    if (cut) desk.point([cut.place]);
    again();
    question();
    document.getElementById(cut ? "cut-do" : "cut-draw")?.focus();
  };
  const halve = (place: number, down: boolean) => {
    const [west, south, east, north] = shapes.boxes[place]!.toArray().flat() as [number, number, number, number];
    const [lon, lat] = blocks[place]!.middle as [number, number];
    const beyond = [(east - west) / 50, (north - south) / 50] as const;
    lay(down ? [[lon, south - beyond[1]], [lon, north + beyond[1]]] : [[west - beyond[0], lat], [east + beyond[0], lat]], place);
    board.go([place]);
  };
  const change = async (send: (version: number) => Promise<GroundChanged>, words: (made: GroundChanged) => string) => {
    busy = true;
    refused = "";
    again();
    question();
    try {
      await editor.box.settled();
      const made = await send(editor.box.version());
      await around.reopen({ said: words(made), blocks: made.blocks.map(({ id }) => id) });
    } catch (error) {
      busy = false;
      refused = error instanceof Problem ? error.message : t("offline");
      if (error instanceof Problem && error.status === 412) await desk.renew();
      again();
      question();
      desk.tell(refused, true);
    }
  };
  const told = (key: "plans_was_cut" | "plans_was_joined", old: number[]) => ({ blocks: made, points, moved }: GroundChanged) => t(key, {
    old: old.map((place) => blocks[place]!.code).join(t("plans_comma")), points: say(points), moved: say(moved),
    made: made.map(({ code, households }) => t("plans_block_short", { code, households: say(households ?? 0) })).join(t("plans_comma")),
  });
  const doCut = ({ place, line }: { place: number; line: Position[] }) => change((version) => service.cut(editor.plan.id, version, blocks[place]!.id, line), told("plans_was_cut", [place]));
  const doJoin = (places: number[]) => change((version) => service.join(editor.plan.id, version, places.map((place) => blocks[place]!.id)), told("plans_was_joined", places));

  const button = (id: string, text: string, act: () => void, kind = "second", disabled = false) => h("button", { type: "button", id, class: kind, disabled: disabled || busy, onclick: act }, text);
  /** The question stands on the map, beside the line that it asks about. */
  const question = () => {
    const card = find("#ask");
    card.hidden = cut === null;
    if (!cut) return card.replaceChildren();
    find("#told").replaceChildren();
    const { code, households } = blocks[cut.place]!;
    card.replaceChildren(h("p", {}, t("plans_cut_ask", { code, households: say(households) })),
      h("div", { class: "acts-line" }, button("cut-do", t("plans_cut_do"), () => void doCut(cut!), "action"), button("cut-leave", t("plans_leave"), leave)));
  };
  const leave = () => {
    cut = null;
    board.lasso([]);
    question();
    document.getElementById("cut-draw")?.focus();
  };
  const cutPart = (): HTMLElement[] => {
    const [only, ...more] = picked;
    const one = only !== undefined && more.length === 0;
    return [h("div", { class: "acts-line" }, button("cut-draw", t("plans_cut_draw"), () => desk.take("cut"))), h("p", { class: "note" }, t("plans_cut_middle")),
      h("div", { class: "acts-line" }, button("cut-down", t("plans_cut_down"), () => halve(only!, true), "second", !one), button("cut-across", t("plans_cut_across"), () => halve(only!, false), "second", !one))];
  };
  const line = (place: number) => h("li", {}, h("label", { class: "check", onpointerenter: () => desk.point([place]) },
    h("input", { type: "checkbox", id: `block-${place}`, checked: picked.has(place), onchange: () => pick(place), onfocus: () => desk.point([place]) }),
    h("span", {}, blocks[place]!.code), h("b", {}, t("plans_households", { n: say(blocks[place]!.households) }))));
  const joinPart = (): HTMLElement[] => {
    const own = [...membersOf(editor.sketch, desk.brush)].sort((a, b) => blocks[a]!.code.localeCompare(blocks[b]!.code));
    const listed = [...[...picked].filter((place) => editor.sketch.of[place] !== desk.brush), ...own];
    return [h("p", { class: "note" }, t("plans_join_note")),
      h("div", { class: "acts-line" }, button("join-do", picked.size < 2 ? t("plans_join") : t("plans_join_do", { n: picked.size }), () => void doJoin([...picked]), "action", picked.size < 2), button("unpick", t("plans_unpick"), unpick, "second", picked.size === 0)),
      h("ul", { id: "choice", class: "lines", "aria-label": t("plans_list_own") }, ...listed.map(line))];
  };
  return {
    drawn: (drawn) => lay(drawn, crossed(shapes.locate, drawn)),
    pick,
    close() {
      for (const place of picked) board.block(place, { picked: false });
      cut = null;
      board.lasso([]);
      question();
    },
    parts() {
      const { after } = around;
      const said = after ? [h("p", { id: "ground-changed", class: "done-well", role: "status" }, after.said)] : [];
      if (!desk.editable()) return [...said, h("p", { class: "empty" }, t("plans_blocks_only"))];
      mark();
      return [...said, ...(refused ? [h("p", { class: "warn", role: "alert" }, refused)] : []), h("p", { class: "note" }, t("plans_blocks_note")),
        h("section", { class: "block-part" }, h("h3", {}, t("plans_cut")), ...cutPart()), h("section", { class: "block-part" }, h("h3", {}, t("plans_join")), ...joinPart())];
    },
  };
}
