// Who answers for a chief today, where it is somebody else.
import type { OnDuty } from "./answers";
import { t } from "./i18n";

/** Words for a deputy, or for nobody; empty where the chief is there. */
export function standIn({ name, answers }: OnDuty): string {
  if (answers === name) return "";
  return answers === null ? t("duty_nobody") : t("duty_deputy", { name: answers });
}
