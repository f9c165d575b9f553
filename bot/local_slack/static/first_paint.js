// Loaded before the styles, so that a chosen theme is there from the first paint on.
try {
  const theme = localStorage.getItem("local-workspace-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Without storage the page follows the system.
}
