// The page of a coding question around its editor: shortcuts, own inputs, older results, the task beside it.

import { CodeInputs } from "./code_inputs.js";
import { watchFaults } from "./code_faults.js";
import { OlderCode } from "./older_code.js";
import { press, watchShortcuts } from "./shortcuts.js";
import { TaskSplit } from "./task_split.js";

const form = document.querySelector("form:has(textarea[data-editor])");
if (form instanceof HTMLFormElement) {
  watchShortcuts(form, { run: () => press(form, "[data-run]"), submit: () => press(form, "[data-submit]") });
  watchFaults(form);
  CodeInputs.find(form);
  new OlderCode(form);
}
TaskSplit.find();
