// Sentences in the reader's language: from the catalogue that the page loads before, else in English.

/** @typedef {{gettext: (text: string) => string, ngettext: (one: string, many: string, count: number) => string}} Catalogue */

/** @returns {Catalogue | undefined} */
const catalogue = () => /** @type {any} */ (globalThis).django;

/** @param {string} text @returns {string} */
export const gettext = (text) => catalogue()?.gettext(text) ?? text;

/** @param {string} one @param {string} many @param {number} count @returns {string} */
export const ngettext = (one, many, count) =>
  catalogue()?.ngettext(one, many, count) ?? (count === 1 ? one : many);

/** "%(count)s lines" with {count: 3} → "3 lines". @param {string} text @param {Record<string, string | number>} values */
export const interpolate = (text, values) =>
  text.replace(/%\((\w+)\)s/g, (place, name) => (name in values ? String(values[name]) : place));

/** @returns {string} of this page, as Intl knows it */
export const language = () => globalThis.document?.documentElement.lang || "en";
