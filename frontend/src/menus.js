// Menus are <details>, which stay open by themselves: Escape and a click elsewhere close them.

/** @param {Event} event a click, or a key */
export function closeMenus(event) {
  const escaped = event instanceof KeyboardEvent;
  if (escaped && event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.m-menu[open]")) {
    const inside = event.target instanceof Node && menu.contains(event.target);
    if (!escaped && inside) continue;
    menu.removeAttribute("open");
    if (escaped && inside) menu.querySelector("summary")?.focus();
  }
}
