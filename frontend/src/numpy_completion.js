// Where names of NumPy are completed: behind the module's name, and in `from numpy import`.

import { NUMPY_NAMES } from "./numpy_names.js";

const IMPORT = /^\s*from\s+numpy\s+import\s+\(?(?:\s*\w+(?:\s+as\s+\w+)?\s*,)*\s*\w*$/;
const ALIAS = /^\s*import\s+numpy\s+as\s+(\w+)/gm;

/**
 * How many characters behind the cursor are the beginning of one of NumPy's names; null where none is meant.
 * @param {string} before the line up to the cursor
 * @param {string} code all of it, for the names that NumPy goes by
 * @returns {number | null}
 */
export function begun(before, code) {
  const word = /\w*$/.exec(before)?.[0] ?? "";
  if (IMPORT.test(before)) return word.length;
  const module = /(\w+)\.\w*$/.exec(before)?.[1];
  if (!module || before[before.length - word.length - module.length - 2] === ".") return null;
  return ["np", "numpy", ...aliases(code)].includes(module) ? word.length : null;
}

/** @param {string} code */
function aliases(code) {
  return [...code.matchAll(ALIAS)].map((match) => match[1]);
}

/** Other names come from the document itself. @param {import("@codemirror/autocomplete").CompletionContext} context */
export function completeNumpy(context) {
  const { state, pos } = context;
  const line = state.doc.lineAt(pos);
  const length = begun(line.text.slice(0, pos - line.from), state.doc.toString());
  if (length === null || (length === 0 && !context.explicit && line.text[pos - line.from - 1] !== ".")) return null;
  return { from: pos - length, options: NUMPY_NAMES, validFor: /^\w*$/ };
}
