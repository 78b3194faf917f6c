// The editor in the page's own colours: only custom properties, so that themes need no rebuild.

import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.bool, tags.null], color: "var(--m-code-keyword)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName)), tags.className], color: "var(--m-code-name)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--m-code-string)" },
  { tag: tags.number, color: "var(--m-code-number)" },
  { tag: tags.comment, color: "var(--m-code-comment)", fontStyle: "italic" },
  { tag: tags.invalid, textDecoration: "wavy underline var(--m-poor)" },
]);

export const fontSizes = ["0.75rem", "0.875rem", "1rem", "1.1875rem", "1.4375rem", "1.75rem"].map((size) =>
  EditorView.theme({ "&": { fontSize: size } }),
);

export const look = EditorView.theme({
  "&": { color: "var(--m-text-strong)", backgroundColor: "var(--m-code-bg)", height: "100%" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-monospace)", lineHeight: "1.6", fontVariantLigatures: "none" },
  ".cm-content": { padding: "0.75rem 0", caretColor: "var(--m-text-strong)" },
  ".cm-line": { padding: "0 1rem 0 0.125rem" },
  // Long lines slide under the numbers when the code is scrolled sideways.
  ".cm-gutters": { color: "var(--m-text-quiet)", backgroundColor: "var(--m-code-bg)", border: "0", padding: "0 0.375rem 0 0.5rem" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in oklab, var(--m-brand) 7%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--m-text-strong)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in oklab, var(--m-brand) 24%, transparent) !important",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "color-mix(in oklab, var(--m-brand) 22%, transparent)",
    outline: "1px solid var(--m-brand)",
  },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--m-poor-soft)", color: "var(--m-poor)" },
  ".cm-tooltip": {
    color: "var(--m-text)", backgroundColor: "var(--m-surface-raised)",
    border: "1px solid var(--m-line)", borderRadius: "0.375rem", overflow: "hidden",
  },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--font-monospace)" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "0.125rem 0.5rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "var(--m-text-strong)", backgroundColor: "var(--m-brand-soft)" },
  // Underlines of ours: the library's are pictures in its own colours.
  ".cm-lintRange": { backgroundImage: "none !important", padding: "0" },
  ".cm-lintRange-error": { textDecoration: "underline wavy var(--m-poor)", textUnderlineOffset: "0.2em", textDecorationSkipInk: "none" },
  ".cm-lintRange-warning": { textDecoration: "underline wavy var(--m-fair)", textUnderlineOffset: "0.2em", textDecorationSkipInk: "none" },
  ".cm-lintPoint": { display: "none" },
  ".cm-diagnostic": { padding: "0.375rem 0.75rem", fontFamily: "var(--font-sans-serif)", maxWidth: "32rem" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--m-poor)" },
  ".cm-diagnostic-warning": { borderLeft: "3px solid var(--m-fair)" },
  ".cm-panel.cm-panel-lint": { color: "var(--m-text)", backgroundColor: "var(--m-surface)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
});
