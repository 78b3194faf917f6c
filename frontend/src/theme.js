// Runs before the first paint, so that a chosen theme does not flash the other one.

import { apply, stored } from "./theme_choice.js";

document.documentElement.classList.add("m-scripted");
apply(stored());
