// On every page: htmx under a strict content security policy, the theme button, toasts, local times.

import htmx from "htmx.org";
import { enter } from "./enter.js";
import { localise } from "./local_times.js";
import { closeMenus } from "./menus.js";
import { pick, showPicked } from "./picking.js";
import { choose, next, show, stored } from "./theme_choice.js";
import { toast } from "./toast.js";
import { gettext } from "./words.js";

// Neither needs 'unsafe-eval' nor an inline style element.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.scrollIntoViewOnBoost = false;

/** @type {Record<string, string>} */
const LABELS = { auto: gettext("Theme: as the system"), light: gettext("Theme: light"), dark: gettext("Theme: dark") };

function labelThemeButtons() {
  for (const button of document.querySelectorAll("[data-theme-button]")) {
    button.setAttribute("aria-label", LABELS[stored()]);
    button.setAttribute("title", LABELS[stored()]);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("[data-theme-button]");
  if (!button) return;
  choose(next(stored()));
  labelThemeButtons();
});

document.addEventListener("click", async (event) => {
  const button = event.target instanceof Element && event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.getAttribute("data-copy") ?? "");
  toast(gettext("Copied."));
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  show(stored());
});

// Paper is light, and pictures are drawn in the colours of the page.
addEventListener("beforeprint", () => show("light"));
addEventListener("afterprint", () => show(stored()));

document.addEventListener("htmx:sendError", () => toast(gettext("No connection. Trying again helps once it is back.")));
document.addEventListener("htmx:responseError", () => toast(gettext("The server could not answer that. Please try again.")));

document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
document.addEventListener("keydown", enter);
document.addEventListener("change", pick);

labelThemeButtons();
localise(document);
showPicked(document);
htmx.onLoad((element) => {
  if (!(element instanceof HTMLElement)) return;
  localise(element);
  showPicked(element);
});
