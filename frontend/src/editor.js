// Turns <textarea data-editor="python"> into a code editor. The text area stays the form's field
// and is kept equal at every change; without this script, or by choice, people type into it.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { python, pythonLanguage } from "@codemirror/lang-python";
import { lintKeymap, setDiagnostics } from "@codemirror/lint";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState } from "@codemirror/state";
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars,
  keymap, lineNumbers,
} from "@codemirror/view";
import { fontSizes, highlighting, look } from "./editor_look.js";
import { completeNumpy } from "./numpy_completion.js";
import { recall, remember } from "./preferences.js";
import { gettext } from "./words.js";

/** Moves the focus to what follows the editor: Escape must never lead back into it. */
function leave(/** @type {EditorView} */ view) {
  const exit = view.dom.closest("form")?.querySelector("[data-editor-exit]");
  if (exit instanceof HTMLElement) exit.focus();
  else view.contentDOM.blur();
  return true;
}

/**
 * Types over a selection ourselves. Left to it, Chromium rebuilds the lines with inline styles, which
 * the content security policy reports as violations.
 * @param {InputEvent} event @param {EditorView} view
 */
function typeOver(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (event.inputType !== "insertText" || !event.data || empty || view.composing) return false;
  const text = event.data;
  const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: "input.type" });
  const handled = view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, text, insert));
  if (!handled) view.dispatch(insert());
  event.preventDefault();
  return true;
}

/** What CodeMirror says to screen readers, by what it says in English. */
const phrases = () => ({
  Completions: gettext("Completions"), "Control character": gettext("Control character"),
  "Selection deleted": gettext("Selection deleted"), Diagnostics: gettext("Diagnostics"),
  "No diagnostics": gettext("No diagnostics"), close: gettext("close"),
});

const KEYS = keymap.of([
  ...closeBracketsKeymap,
  ...completionKeymap,
  ...historyKeymap,
  ...lintKeymap,
  { key: "Escape", run: leave },
  // Inside the editor Tab indents; Escape first leads out of it.
  { key: "Tab", run: indentMore, shift: indentLess },
  ...defaultKeymap,
]);

class Editor {
  /** @param {HTMLTextAreaElement} area */
  constructor(area) {
    this.area = area;
    this.frame = /** @type {HTMLElement} */ (area.closest("[data-editor-frame]"));
    this.size = new Compartment();
    this.place = this.makePlace();
    this.view = new EditorView({ state: this.state(), parent: this.place });
    this.plain = false;
    // Heights were measured with whatever font was there first.
    void document.fonts.ready.then(() => this.view.requestMeasure());
    this.listen();
    this.usePlain(recall("plain", "no") === "yes");
    area.dispatchEvent(new Event("editor:ready"));
  }

  makePlace() {
    const place = document.createElement("div");
    this.area.after(place);
    return place;
  }

  state() {
    const label = this.area.getAttribute("aria-label") ?? "Code";
    return EditorState.create({
      doc: this.area.value,
      extensions: [
        EditorState.phrases.of(phrases()),
        EditorView.cspNonce.of(this.area.dataset.nonce ?? ""),
        lineNumbers(), highlightActiveLine(), highlightActiveLineGutter(), highlightSpecialChars(),
        history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
        autocompletion({ icons: false }),
        indentUnit.of("    "), EditorState.tabSize.of(4),
        python(), pythonLanguage.data.of({ autocomplete: completeNumpy }),
        syntaxHighlighting(highlighting), look,
        this.size.of(fontSizes[this.fontSize()]),
        KEYS,
        EditorView.domEventHandlers({ beforeinput: typeOver }),
        EditorView.contentAttributes.of({
          tabindex: "0", "aria-label": label, "aria-describedby": `${this.area.id}_keys`, spellcheck: "false",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !this.plain) this.copyOut();
        }),
      ],
    });
  }

  listen() {
    this.area.addEventListener("draft:replaced", () => this.copyIn());
    this.area.addEventListener("editor:faults", (event) => this.underline(/** @type {CustomEvent} */ (event).detail.faults));
    this.area.addEventListener("editor:line", (event) => this.goTo(/** @type {CustomEvent} */ (event).detail.line));
    for (const button of this.frame.querySelectorAll("[data-editor-size]")) {
      button.addEventListener("click", () => this.resize(Number(button.getAttribute("data-editor-size"))));
    }
    const plain = this.frame.querySelector("[data-editor-plain]");
    plain?.addEventListener("change", () => {
      this.usePlain(/** @type {HTMLInputElement} */ (plain).checked);
    });
  }

  copyOut() {
    this.area.value = this.view.state.doc.toString();
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** As one change, so that undo brings back what was there. */
  copyIn() {
    const text = this.view.state.toText(this.area.value);
    if (text.eq(this.view.state.doc)) return;
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  /** @param {import("./code_faults.js").Fault[]} faults */
  underline(faults) {
    const { doc } = this.view.state;
    const found = faults.filter(({ line }) => line >= 1 && line <= doc.lines).map(({ line, text, level }) => {
      const { from, to, text: code } = doc.line(line);
      const indent = code.length - code.trimStart().length;
      return { from: Math.min(from + indent, to), to, severity: level, message: text };
    });
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }

  /** @param {number} line */
  goTo(line) {
    const { doc } = this.view.state;
    const { from, to } = doc.line(Math.min(Math.max(line, 1), doc.lines));
    if (this.plain) {
      this.area.focus();
      this.area.setSelectionRange(from, to);
      return;
    }
    this.view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    this.view.focus();
  }

  /** @param {boolean} plain */
  usePlain(plain) {
    this.copyIn();
    this.plain = plain;
    this.area.hidden = !plain;
    this.place.hidden = plain;
    this.frame.dataset.plain = plain ? "yes" : "no";
    const box = this.frame.querySelector("[data-editor-plain]");
    if (box instanceof HTMLInputElement) box.checked = plain;
    remember("plain", plain ? "yes" : "no");
  }

  fontSize() {
    const index = Number(recall("size", "1"));
    return Number.isInteger(index) && fontSizes[index] ? index : 1;
  }

  /** @param {number} step */
  resize(step) {
    const index = Math.min(Math.max(this.fontSize() + step, 0), fontSizes.length - 1);
    remember("size", String(index));
    this.frame.dataset.size = String(index);
    this.view.dispatch({ effects: this.size.reconfigure(fontSizes[index]) });
  }
}

for (const area of document.querySelectorAll("textarea[data-editor]")) {
  new Editor(/** @type {HTMLTextAreaElement} */ (area));
}
