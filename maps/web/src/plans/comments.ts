// Comments on a draft, pinned to places.
import { Marker } from "maplibre-gl";
import { Problem } from "../api";
import { h } from "../dom";
import { t } from "../i18n";
import type { Desk } from "./desk";
import * as service from "./service";
import type { Comment } from "./service";

export interface Comments {
  parts(): HTMLElement[];
  load(): Promise<void>;
  clear(): void;
  open(): number;
}

export function commentsOf(desk: Desk, changed: () => void): Comments {
  const { map } = desk.board;
  const { id } = desk.editor.plan;
  let all: Comment[] = [];
  let pins: Marker[] = [];
  let place: [number, number] | null = null;
  let body = "";

  const draw = () => {
    for (const pin of pins) pin.remove();
    pins = all.flatMap((comment, at) => (comment.lon === null || comment.lat === null || comment.done ? [] : [pinAt([comment.lon, comment.lat], String(at + 1))]));
    if (place) pins.push(pinAt(place, "+"));
  };
  const pinAt = (at: [number, number], text: string) => new Marker({ element: h("span", { class: "comment-pin" }, text), anchor: "bottom" }).setLngLat(at).addTo(map);
  const load = async () => {
    all = await service.comments(id);
    draw();
    changed();
  };
  const guarded = async (act: () => Promise<unknown>) => {
    try {
      await act();
      await load();
    } catch (error) {
      desk.tell(error instanceof Problem ? error.message : t("offline"), true);
    }
  };
  const send = () => guarded(async () => {
    await service.comment(id, { body, ...(place && { lon: place[0], lat: place[1] }) });
    [body, place] = ["", null];
  });
  const pick = () => {
    desk.take("move");
    desk.tell(t("plans_pick_place"));
    map.once("click", ({ lngLat }) => {
      place = [lngLat.lng, lngLat.lat];
      draw();
      changed();
    });
  };
  const line = (comment: Comment, at: number) => h("li", { class: comment.done ? "done-with" : "", "data-comment": comment.id },
    h("button", { type: "button", class: "said-at", onclick: () => comment.lon !== null && comment.lat !== null && map.easeTo({ center: [comment.lon, comment.lat], zoom: 16, duration: 0 }) },
      h("b", {}, `${at + 1}`), h("span", {}, comment.body), h("small", {}, [comment.made_by || t("plans_somebody"), new Date(comment.at).toLocaleString(document.documentElement.lang)].join(" · "))),
    h("label", { class: "check" }, h("input", { type: "checkbox", checked: comment.done, onchange: () => void guarded(() => service.settle(id, comment.id, !comment.done)) }), t("plans_comment_done")));
  return {
    load,
    open: () => all.filter(({ done }) => !done).length,
    clear() {
      all = [];
      place = null;
      draw();
    },
    parts: () => [
      h("form", { id: "comment", onsubmit: (event) => {
        event.preventDefault();
        if (body.trim()) void send();
      } },
      h("label", { for: "comment-body" }, t("plans_comment")),
      h("textarea", { id: "comment-body", rows: 3, maxlength: 2000, oninput: (event) => (body = (event.target as HTMLTextAreaElement).value) }, body),
      h("div", { class: "acts-line" }, h("button", { class: "second", type: "button", id: "pin", onclick: pick }, t(place ? "plans_pinned" : "plans_pin")),
        h("button", { class: "action", type: "submit" }, t("plans_say")))),
      all.length ? h("ol", { id: "comments", class: "comments" }, ...all.map(line)) : h("p", { class: "empty" }, t("plans_no_comments")),
    ],
  };
}
