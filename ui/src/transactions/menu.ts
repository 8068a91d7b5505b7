import type { Action } from "../design/ActionMenu";
import { transactions as words } from "../words/overview";
import type { TransactionAct } from "./act";

/** The menu of one business transaction; nothing for who may not change the application. */
export function transactionMenu(
  may: boolean,
  otherTraffic: boolean,
  open: (act: TransactionAct) => void,
): (Action | null)[] {
  if (!may) return [];
  const entry = (label: string, icon: Action["icon"], act: TransactionAct, danger = false): Action => ({
    label,
    ...(icon ? { icon } : {}),
    danger,
    onClick: () => open(act),
  });
  const session = entry(words.session, "snapshot", "session");
  const thresholds = entry(words.thresholds, "settings", "thresholds");
  if (otherTraffic) return [session, thresholds];
  return [
    entry(words.rename, "pencil", "rename"),
    entry(words.group, "group", "group"),
    thresholds,
    session,
    null,
    entry(words.exclude, "ban", "exclude"),
    entry(words.delete, "trash", "delete", true),
  ];
}
