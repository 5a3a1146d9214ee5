// One open case, as far as the strip tells of it; what is done with it is for the operations page.
import { h } from "../dom";
import { t, tValue } from "../i18n";
import { when } from "../operations/states";
import type { Place } from "./ground";
import type { OpenCase } from "./service";
import { openSheet } from "./sheet";
import { placeName } from "./words";

export function openCase(one: OpenCase, place: Place | null): void {
  const sheet = openSheet(one.subclass ?? one.class, "case");
  const line = (name: string, value: string | null) => (value ? h("div", {}, h("dt", {}, name), h("dd", {}, value)) : null);
  sheet.body.append(
    one.late ? h("p", { class: "told bad" }, t("late")) : "",
    h("dl", {},
      line(t("my_state"), tValue("status", one.status)), line(t("filing_class"), one.class), line(t("filing_what"), one.description),
      line(t("my_place"), place ? placeName(place) : null), line(t("my_address"), one.address),
      line(t("my_reported"), when(one.reported_at)), line(t("my_due_at"), one.due_at && when(one.due_at)), line(t("my_number"), one.code)));
}
