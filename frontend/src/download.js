// What was typed here and did not arrive, as a file that its author can keep.

import { gettext, interpolate } from "./words.js";

/** @param {any} kept a draft @returns {string} */
function inWords({ content, words }) {
  if (typeof content.source === "string") return content.source;
  if (words) return words;
  const values = Object.values(content);
  return values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))).join("\n");
}

/** @param {{name?: string, content: object, words?: string, at: number}[]} drafts @returns {string} */
export function asText(drafts) {
  const parts = drafts.map((kept) => {
    const name = kept.name ?? gettext("Answer");
    const until = interpolate(gettext("Typed until %(moment)s"), { moment: new Date(kept.at).toISOString() });
    return `${name}\n${"=".repeat(name.length)}\n${until}\n\n${inWords(kept)}\n`;
  });
  return `${gettext("Answers that this browser kept because they had not reached the server.")}\n\n${parts.join("\n")}`;
}

/** @param {string} text @param {string} name */
export function download(text, name = "my-answers.txt") {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
