// Runs before the first paint, as a file because the content security policy allows no inline script.
try {
  const theme = localStorage.getItem("tierline.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden; then the system's preference decides.
}
