// A check of a shop in three taps: open (the nearest is chosen), in order or not, send.
import { h } from "../dom";
import { t } from "../i18n";
import type { NearDoor } from "./ground";
import type { Entering } from "./filing";
import { add, makeItem } from "./outbox";
import { choices, openSheet } from "./sheet";
import { ago, long } from "./words";

const SHOPS = 6;
const WITHIN_M = 120;

export function openCheck({ strip, ground, follow, done }: Entering, door: NearDoor | null = null): void {
  const sheet = openSheet(t("my_check"), "check");
  let shop = door;
  let near: NearDoor[] = door ? [door] : [];
  let located = door !== null;
  let good: boolean | null = null;
  let sending = false;
  const where = h("div", { class: "where" });
  const how = h("div", { class: "what" });
  const note = h("input", { class: "text", id: "note", maxlength: 400, autocomplete: "off", placeholder: t("my_note"), "aria-label": t("my_note") });
  const send = h("button", { type: "button", class: "action wide", id: "send", onclick: () => void submit() }, t("my_send"));
  const told = h("p", { class: "told bad", role: "alert", hidden: true });
  sheet.body.append(where, how, note, told, send);

  const text = ({ door: one, distance_m }: NearDoor) => (distance_m ? `${one.name} ${long(distance_m)}` : one.name);
  const drawWhere = () => {
    const last = shop?.door.visited_at;
    where.replaceChildren(
      h("p", { class: "place" }, shop ? shop.door.name : t(located ? "my_no_shop_near" : "my_locating")),
      ...(shop ? [h("p", { class: "small" }, last ? t("my_visited", { ago: ago(last) }) : t("my_never_visited"))] : []),
      ...(near.length > 1 ? [choices(near, text, (one) => one.door.code === shop?.door.code, (one) => {
        shop = one;
        drawWhere();
      }, "shops")] : []));
  };
  const drawHow = () => {
    how.replaceChildren(choices([true, false], (one) => t(one ? "my_good" : "my_bad"), (one) => one === good, (one) => {
      good = one;
      drawHow();
      told.hidden = true;
    }, "results"));
  };
  const say = (text: string) => {
    told.textContent = text;
    told.hidden = false;
  };
  const submit = async () => {
    if (sending) return;
    if (!shop?.door.code) return say(t("my_no_shop_near"));
    if (good === null) return say(t("my_no_result"));
    sending = true;
    const item = makeItem("visit", "/api/visits", null, `${shop.door.name} · ${t(good ? "my_good" : "my_bad", {}, "zh")}`);
    const said = { chief: strip.chief.code, merchant: shop.door.code, at: new Date().toISOString(), good, note: note.value.trim() || null };
    try {
      await add({ ...item, merchant: shop.door.code, body: { key: item.key, ...said } });
      sheet.close();
      done(t("my_checked"));
    } catch {
      sending = false;
      say(t("my_not_kept"));
    }
  };
  drawWhere();
  drawHow();
  if (!door) follow((fix) => {
    // The list stays as it was first found, so that no button moves away under a finger.
    if (near.length || !sheet.element.isConnected) return;
    located = true;
    near = ground.shops(fix, SHOPS, WITHIN_M);
    shop = near[0] ?? null;
    drawWhere();
  });
}
