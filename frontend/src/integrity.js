// Notes what was said in advance, where the assessment asks for it: leaving the page, pasting, copying,
// leaving full screen, a window that becomes narrower. Sizes and seconds, never a text.

// Shorter than this is a slip of the hand, or a question of the browser's own.
const AWAY_MS = 1000;
// As wide as developer tools at the least.
const PANEL_PX = 160;
const SETTLE_MS = 400;

/** @param {string} text */
const characters = (text) => [...text].length;

export class Integrity {
  /** @param {import("./event_queue.js").EventQueue} queue @param {number | undefined} question its position */
  constructor(queue, question) {
    this.queue = queue;
    this.question = question;
    /** @type {number | null} */
    this.leftAt = null;
    this.copied = "";
    this.inner = this.measure();
    this.settling = 0;
    this.watchFocus();
    this.watchClipboard();
    this.watchWindow();
  }

  /** @param {string} kind @param {object} data */
  note(kind, data) {
    this.queue.add(kind, { question: this.question, ...data });
  }

  watchFocus() {
    const look = () => this.lookAway(document.hidden || !document.hasFocus());
    addEventListener("blur", look);
    addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    // Away when the page goes is away until then; a page that is simply left was not.
    addEventListener("pagehide", () => this.lookAway(false));
  }

  /** @param {boolean} away */
  lookAway(away) {
    if (away) this.leftAt ??= Date.now();
    else if (this.leftAt !== null) {
      const ms = Date.now() - this.leftAt;
      this.leftAt = null;
      if (ms >= AWAY_MS) this.note("focus_lost", { seconds: Math.round(ms / 100) / 10 });
    }
  }

  watchClipboard() {
    for (const kind of ["copy", "cut"]) {
      // After the editor, which puts its own text there.
      document.addEventListener(kind, (event) => this.copy(/** @type {ClipboardEvent} */ (event)));
    }
    document.addEventListener("paste", (event) => this.paste(event), { capture: true });
  }

  copy(/** @type {ClipboardEvent} */ event) {
    this.copied = event.clipboardData?.getData("text/plain") || selected();
    if (this.copied) this.note("copy", { size: characters(this.copied) });
  }

  paste(/** @type {ClipboardEvent} */ event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const plain = (/** @type {string} */ each) => each.replaceAll("\r\n", "\n").trim();
    const own = plain(text) !== "" && plain(text) === plain(this.copied);
    if (text) this.note("paste", { size: characters(text), detail: { own: own ? 1 : 0 } });
  }

  watchWindow() {
    // A phone's keyboard takes half of the window away, and developer tools are not opened there.
    if (!matchMedia("(pointer: coarse)").matches) addEventListener("resize", () => this.settle());
    const full = matchMedia("(display-mode: fullscreen)");
    full.addEventListener("change", () => full.matches || this.note("fullscreen_left", {}));
  }

  measure() {
    return { outerWidth, outerHeight, innerWidth, innerHeight, scale: devicePixelRatio };
  }

  /** Once the window has come to rest. */
  settle() {
    clearTimeout(this.settling);
    this.settling = window.setTimeout(() => this.resize(), SETTLE_MS);
  }

  /** Less room for the page in a window of the same size, at the same zoom. */
  resize() {
    const [before, now] = [this.inner, this.measure()];
    this.inner = now;
    const same = ["outerWidth", "outerHeight", "scale"].every((name) => before[/** @type {"scale"} */ (name)] === now[/** @type {"scale"} */ (name)]);
    const narrower = Math.max(0, before.innerWidth - now.innerWidth);
    const lower = Math.max(0, before.innerHeight - now.innerHeight);
    if (same && Math.max(narrower, lower) >= PANEL_PX) this.note("resize", { detail: { narrower, lower } });
  }
}

/** What is selected in a field or on the page. */
function selected() {
  const field = document.activeElement;
  if (field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === "text")) {
    return field.value.slice(field.selectionStart ?? 0, field.selectionEnd ?? 0);
  }
  return getSelection()?.toString() ?? "";
}
