// A table whose rows are ticked: one box for all of a page, and how many are ticked. Without a
// script each row is ticked by itself.

/** @param {ParentNode} form @returns {HTMLInputElement[]} the boxes of its rows */
function boxes(form) {
  return [...form.querySelectorAll("[data-pick]")].filter((box) => box instanceof HTMLInputElement);
}

/**
 * What stands beside "With", and how the box for all looks.
 *
 * @param {number} picked
 * @param {number} number of rows
 */
export function told(picked, number) {
  const words = picked === 1 ? "the one ticked candidate" : `the ${picked} ticked candidates`;
  return { words, all: number > 0 && picked === number, some: picked > 0 && picked < number };
}

/** @param {ParentNode} form */
function show(form) {
  const found = boxes(form);
  const { words, all, some } = told(found.filter((box) => box.checked).length, found.length);
  const named = form.querySelector("[data-picked]");
  if (named) named.textContent = words;
  const every = form.querySelector("[data-pick-all]");
  if (!(every instanceof HTMLInputElement)) return;
  every.hidden = false;
  every.checked = all;
  every.indeterminate = some;
}

/** @param {Event} event a change */
export function pick(event) {
  const target = event.target;
  const form = target instanceof HTMLInputElement && target.closest("[data-picking]");
  if (!form) return;
  if (target.matches("[data-pick-all]")) for (const box of boxes(form)) box.checked = target.checked;
  show(form);
}

/** @param {ParentNode} root where tables may have come */
export function showPicked(root) {
  for (const form of root.querySelectorAll("[data-picking]")) show(form);
}
