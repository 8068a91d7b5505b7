import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "tierline.theme";
const listeners = new Set<() => void>();
const dark = window.matchMedia("(prefers-color-scheme: dark)");
dark.addEventListener("change", notify);

function notify(): void {
  for (const listener of listeners) listener();
}

export function theme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

function shown(): "light" | "dark" {
  const chosen = theme();
  if (chosen !== "system") return chosen;
  return dark.matches ? "dark" : "light";
}

export function setTheme(value: Theme): void {
  if (value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
  try {
    if (value === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, value);
  } catch {
    // Storage may be forbidden; the choice then lasts until the page is closed.
  }
  notify();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, theme);

/** What is on screen: canvases draw anew when it changes. */
export const useShownTheme = (): "light" | "dark" => useSyncExternalStore(subscribe, shown);
