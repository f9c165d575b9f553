// The bar above the page: drawer, switcher, acting person, shortcuts, e-mail, theme, inspector.

import { icon } from "./icons.js";
import { openMail } from "./mail.js";
import { openMenu } from "./overlays.js";
import { openSwitcher } from "./switcher.js";
import { themeLabel, turnTheme, wireTheme } from "./theme.js";

const at = (id) => document.getElementById(id);

/** Opens or closes the list of places where it lies over the page. */
export function showDrawer(open) {
  document.body.classList.toggle("drawer-open", open);
  at("drawer-button").setAttribute("aria-expanded", String(open));
}

/** The acting person and what this workspace offers him. */
export function drawBar(room) {
  const { workspace } = room.names;
  at("team").textContent = workspace.team?.name || "Workspace";
  document.title = `${workspace.team?.name || "Workspace"} (local demo)`;
  at("actor").replaceChildren(...(workspace.acting_users || []).map((one) => new Option(
    one.team === workspace.team?.id ? one.real_name : `${one.real_name} · ${one.team_name || one.team}`,
    one.id,
    false,
    one.id === room.user
  )));
  at("actor").value = room.user;
  at("shortcuts-button").disabled = !(workspace.global_shortcuts || []).length;
  at("mail-button").hidden = !workspace.mail;
}

function shortcuts(room) {
  return (room.names.workspace.global_shortcuts || []).map((one) => ({
    label: one.name, hint: room.names.app.name, data: { callbackId: one.callback_id },
    act: () => room.attempt({ type: "global_shortcut", callback_id: one.callback_id })
  }));
}

/** What the bar's buttons do, as rows of a menu: for narrow pages and for the switcher. */
function tools(room, showTheme) {
  return [
    ...(room.names.workspace.mail ? [{ label: "Write an e-mail", act: () => openMail(room) }] : []),
    { label: themeLabel(), act: () => {
      turnTheme();
      showTheme();
    } },
    { label: "Inspector", act: () => room.inspector.toggle() }
  ];
}

function wireKeys(room, open) {
  document.addEventListener("keydown", (event) => {
    const isSwitch = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    // The app's modal is the page for as long as it is open.
    if (!isSwitch) return;
    event.preventDefault();
    if (!at("views").childElementCount) open();
  });
  at("sidebar").addEventListener("keydown", (event) => {
    if (event.key === "Escape") showDrawer(false);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = [...at("sidebar").querySelectorAll("a")];
    const here = links.indexOf(document.activeElement);
    if (!step || here < 0) return;
    event.preventDefault();
    links[(here + step + links.length) % links.length].focus();
  });
  at("thread").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (room.awaitsPane) room.closePane();
    else room.openThread(null);
  });
}

/** Makes every control of the bar work for this room. */
export function wireBar(room) {
  const drawings = {
    "drawer-button": "menu", "switcher-button": "search", "shortcuts-button": "bolt", "mail-button": "mail",
    "inspector-button": "inspect", "more-button": "more"
  };
  for (const [id, name] of Object.entries(drawings)) at(id).replaceChildren(icon(name));
  at("switcher-button").append(" Go to ", Object.assign(document.createElement("kbd"), { textContent: "Ctrl K" }));
  const showTheme = wireTheme(at("theme-button"));
  const openSwitch = () => openSwitcher(room, [...shortcuts(room), ...tools(room, showTheme)]);
  at("switcher-button").addEventListener("click", openSwitch);
  at("drawer-button").addEventListener("click", () => showDrawer(!document.body.classList.contains("drawer-open")));
  at("main").addEventListener("pointerdown", () => showDrawer(false));
  at("sidebar").addEventListener("click", (event) => event.target.closest("a") && showDrawer(false));
  at("actor").addEventListener("change", () => room.actAs(at("actor").value));
  at("inspector-button").addEventListener("click", () => room.inspector.toggle());
  at("mail-button").addEventListener("click", () => openMail(room));
  at("shortcuts-button").addEventListener("click", (event) => openMenu(event.currentTarget, "Shortcuts", shortcuts(room)));
  at("more-button").addEventListener("click", (event) => openMenu(event.currentTarget, "More", [
    { label: "Go to…", act: openSwitch }, ...shortcuts(room), ...tools(room, showTheme)
  ]));
  wireKeys(room, openSwitch);
}
