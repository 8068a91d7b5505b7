import { useSyncExternalStore } from "react";

const wide = window.matchMedia("(min-width: 1360px)");

function subscribe(listener: () => void): () => void {
  wide.addEventListener("change", listener);
  return () => wide.removeEventListener("change", listener);
}

/** Whether tables have room for all their columns. */
export const useWide = (): boolean => useSyncExternalStore(subscribe, () => wide.matches);
