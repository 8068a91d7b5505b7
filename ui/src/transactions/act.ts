// What can be done with business transactions. Which of it is open, and with which, stands in the address.

export const TRANSACTION_ACTS = ["rename", "group", "thresholds", "session", "exclude", "delete"] as const;

export type TransactionAct = (typeof TRANSACTION_ACTS)[number];

/** What an act needs to know of a business transaction. */
export interface Target {
  id: number;
  name: string;
}

export interface ActProps {
  app: string;
  targets: readonly Target[];
  onClose: () => void;
}
