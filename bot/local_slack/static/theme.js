// The page's colours: as the system has them, or light or dark for good.

import { icon } from "./icons.js";

const KEY = "local-workspace-theme";
const AFTER = { system: "light", light: "dark", dark: "system" };
const NAMES = { system: "as the system", light: "light", dark: "dark" };

const chosen = () => document.documentElement.dataset.theme || "system";

/** What the button and the menus say. */
export function themeLabel() {
  return `Theme: ${NAMES[chosen()]}`;
}

/** Goes on to the next of the three themes. */
export function turnTheme() {
  const theme = AFTER[chosen()];
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** Makes `button` turn the theme and say which one there is. */
export function wireTheme(button) {
  const show = () => {
    button.setAttribute("aria-label", themeLabel());
    button.title = themeLabel();
    button.replaceChildren(icon({ system: "contrast", light: "sun", dark: "moon" }[chosen()]));
  };
  button.addEventListener("click", () => {
    turnTheme();
    show();
  });
  show();
  return show;
}
