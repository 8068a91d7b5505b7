// Canvases need colours, not tokens: ask the browser what a token is right now, light or dark.

export function resolveColor(element: HTMLElement, token: string, alpha = 1): string {
  const probe = document.createElement("span");
  probe.style.color =
    alpha === 1 ? `var(${token})` : `color-mix(in srgb, var(${token}) ${alpha * 100}%, transparent)`;
  element.appendChild(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}
