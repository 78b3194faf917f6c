// A form's answer as the server keeps it, and back. Fields are marked: data-answer for text or the one
// chosen, ="list" for values of one name in their order, ="pairs" for name.key.

import { gettext, interpolate } from "./words.js";

/** @typedef {Record<string, string | string[] | Record<string, string>>} Content */

/** @param {HTMLFormElement} form @returns {Content} */
export function read(form) {
  /** @type {any} */
  const content = {};
  for (const field of fields(form)) {
    const { name, value } = field;
    if (isChoice(field) && !field.checked) continue;
    if (field.dataset.answer === "list") {
      if (isChoice(field) || moved(field)) (content[name] ??= []).push(value);
    } else if (field.dataset.answer === "pairs") {
      const [pairs, key] = split(name);
      if (value) (content[pairs] ??= {})[key] = value;
    } else if (value || name === "source") {
      content[name] = value;
    }
  }
  return content;
}

/** @param {HTMLFormElement} form @param {any} content */
export function write(form, content) {
  for (const list of form.querySelectorAll("[data-order]")) arrange(list, content);
  for (const field of fields(form)) {
    const { name, value } = field;
    if (isChoice(field) && field.dataset.answer === "pairs") {
      const [pairs, key] = split(name);
      field.checked = content[pairs]?.[key] === value;
    } else if (isChoice(field)) {
      field.checked = [content[name] ?? []].flat().includes(value);
    } else if (field.dataset.answer === "pairs") {
      const [pairs, key] = split(name);
      const otherwise = content[pairs] ? "" : (field.dataset.example ?? "");
      field.value = content[pairs]?.[key] ?? otherwise;
    } else if (field.dataset.answer !== "list") {
      field.value = content[name] ?? "";
      field.dispatchEvent(new Event("draft:replaced"));
    }
  }
}

/** A click on one of the two buttons of an item moves it; the focus stays on the button. */
export function move(/** @type {MouseEvent} */ event) {
  const button = event.target instanceof Element && event.target.closest("[data-move]");
  const item = button && button.closest("[data-item]");
  const list = button && button.closest("[data-order]");
  if (!(button instanceof HTMLElement) || !item || !(list instanceof HTMLElement)) return;
  event.preventDefault();
  if (button.dataset.move === "up") item.previousElementSibling?.before(item);
  else item.nextElementSibling?.after(item);
  list.dataset.moved = "yes";
  button.focus();
  say(list, item);
  list.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @param {Element} list @param {Element} item */
function say(list, item) {
  const announcer = document.querySelector("[data-announcer]");
  const place = [...(item.parentElement?.children ?? [])].indexOf(item) + 1;
  if (announcer) announcer.textContent = interpolate(gettext("Place %(place)s of %(total)s."), { place, total: list.querySelectorAll("[data-item]").length });
}

/** @param {Element} list @param {any} content */
function arrange(list, content) {
  const name = list.querySelector("input")?.name ?? "";
  for (const key of content[name] ?? []) {
    const item = list.querySelector(`[data-item="${CSS.escape(key)}"]`);
    item?.parentElement?.append(item);
  }
  if (content[name] && list instanceof HTMLElement) list.dataset.moved = "yes";
}

/** @param {HTMLFormElement} form @returns {(HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[]} */
const fields = (form) => [...form.querySelectorAll("[data-answer]")].map((field) => /** @type {any} */ (field));

/** @param {Element} field @returns {field is HTMLInputElement} */
const isChoice = (field) => field instanceof HTMLInputElement && ["radio", "checkbox"].includes(field.type);

/** A list that nobody touched is no answer. @param {Element} field */
const moved = (field) => /** @type {HTMLElement | null} */ (field.closest("[data-order]"))?.dataset.moved === "yes";

/** @param {string} name @returns {[string, string]} */
function split(name) {
  const dot = name.indexOf(".");
  return [name.slice(0, dot), name.slice(dot + 1)];
}

/**
 * What was chosen, as the page calls it; null where the answer is text, which speaks for itself.
 * @param {HTMLFormElement} form @returns {string | null}
 */
export function inWords(form) {
  const chosen = fields(form).filter((field) => isChoice(field) || field.dataset.answer || field instanceof HTMLSelectElement);
  if (chosen.length === 0) return null;
  const said = chosen.filter((field) => (isChoice(field) ? field.checked : field.value)).map(label);
  return said.join("\n");
}

/** @param {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} field */
function label(field) {
  const name = (field.labels?.[0] ?? field.closest("[data-item]"))?.textContent?.replace(/\s+/g, " ").trim() ?? field.name;
  if (isChoice(field) || field.closest("[data-item]")) return name;
  const value = field instanceof HTMLSelectElement ? field.selectedOptions[0]?.textContent?.trim() : field.value;
  return `${name}: ${value}`;
}
