// Taking an action on the case in the panel, and saying what came of it.
import { Problem } from "../api";
import { find } from "../dom";
import { t, tValue } from "../i18n";
import { NEEDS_NOTE } from "./detail";
import { draw, render, renew, show } from "./desk";
import type { Desk } from "./desk";
import { put } from "./held";
import { take } from "./service";
import type { Case } from "./service";

export async function act(desk: Desk, action: string, actor: string): Promise<void> {
  if (!desk.shown || desk.shown.busy) return;
  const { one, note } = desk.shown;
  if (!one.actions.includes(action)) return tell(desk, "bad", t("not_now", { status: tValue("status", one.status), action: tValue("action", action) }));
  if (NEEDS_NOTE.includes(action) && !note.trim()) {
    tell(desk, "bad", t("needs_note", { action: tValue("action", action) }));
    return find("#note").focus();
  }
  desk.shown = { ...desk.shown, busy: action, told: null };
  render(desk);
  try {
    const after = await take(one, action, note.trim(), actor, () => tell(desk, "wait", t("sending_again")));
    put(after);
    draw(desk);
    if (desk.shown?.one.code !== one.code) return;
    desk.shown.busy = "";
    show(desk, after, { kind: "good", text: t("done_action", { action: tValue("action", action), status: tValue("status", after.status) }) });
  } catch (error) {
    await refused(desk, one, error);
  }
}

function tell(desk: Desk, kind: "good" | "bad" | "wait", text: string): void {
  if (!desk.shown) return;
  desk.shown = { ...desk.shown, told: { kind, text } };
  render(desk);
}

/** Somebody else was faster: said plainly, with the case as it is now. */
async function refused(desk: Desk, one: Case, error: unknown): Promise<void> {
  if (desk.shown?.one.code !== one.code) return;
  desk.shown = { ...desk.shown, busy: "" };
  if (!(error instanceof Problem)) return tell(desk, "bad", t("not_sent"));
  if (error.status !== 409 && error.status !== 412) return tell(desk, "bad", error.message);
  const text = t("faster", { status: tValue("status", (error.said["now"] as { status?: string } | undefined)?.status ?? "") });
  try {
    await renew(desk, one.code, { kind: "bad", text });
  } catch {
    tell(desk, "bad", text);
  }
}
