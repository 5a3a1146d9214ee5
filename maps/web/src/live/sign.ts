// The sign that says whether the page hears of changes.
import { h } from "../dom";
import { t, whenLanguage } from "../i18n";
import type { Live, LinkState } from "./client";

export function liveSign(live: Live): HTMLElement {
  const sign = h("p", { class: "live", role: "status" });
  const show = (state: LinkState) => {
    sign.dataset["state"] = state;
    sign.textContent = t(`live_${state}`);
  };
  whenLanguage(() => show(live.state()));
  live.listen({ changes: () => undefined, reset: () => undefined, state: show });
  return sign;
}
