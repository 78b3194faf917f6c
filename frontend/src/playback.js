// Plays back how code grew: <section data-player="address of the steps">, which without scripts shows
// one step and links to the others. Buttons, a slider and links do all of it, so that a keyboard does.

import { Film, span, visible } from "./film.js";
import { lineDiff } from "./line_diff.js";

/** @typedef {import("./line_diff.js").Line} Line */

const SVG = "http://www.w3.org/2000/svg";

/** @template {Element} T @param {Element} box @param {string} name @param {{ new (): T }} type @returns {T} */
function part(box, name, type) {
  const found = box.querySelector(`[data-${name}]`);
  if (!(found instanceof type)) throw new Error(`the player has no ${name}`);
  return found;
}

class Player {
  /** @param {HTMLElement} box @param {Film} film */
  constructor(box, film) {
    this.film = film;
    this.box = box;
    this.play = part(box, "play", HTMLButtonElement);
    this.slider = part(box, "slider", HTMLInputElement);
    this.speed = part(box, "speed", HTMLSelectElement);
    this.skip = part(box, "skip", HTMLInputElement);
    this.diff = part(box, "diff", HTMLInputElement);
    this.lines = part(box, "lines", HTMLOListElement);
    this.said = part(box, "said", HTMLElement);
    this.step = Number(box.dataset.step ?? film.last);
    /** @type {number | undefined} */
    this.timer = undefined;
    this.listen();
    this.mark();
    part(box, "controls", HTMLElement).hidden = false;
    this.show();
  }

  get playing() {
    return this.timer !== undefined;
  }

  listen() {
    this.play.addEventListener("click", () => (this.playing ? this.pause() : this.start()));
    part(this.box, "back", HTMLButtonElement).addEventListener("click", () => this.go(this.step - 1));
    part(this.box, "on", HTMLButtonElement).addEventListener("click", () => this.go(this.step + 1));
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.diff.addEventListener("change", () => this.show());
    this.box.addEventListener("click", (event) => this.follow(event));
  }

  /** A link to a moment or a step goes there in place. @param {Event} event */
  follow(event) {
    const link = event.target instanceof Element && event.target.closest("a[data-at], a[data-go]");
    if (!(link instanceof HTMLElement)) return;
    event.preventDefault();
    const { at, go } = link.dataset;
    this.go(at === undefined ? Number(go) : this.film.stepAt(Number(at)));
    this.box.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} step */
  go(step) {
    this.pause();
    this.step = Math.min(this.film.last, Math.max(0, step));
    this.show();
  }

  start() {
    if (this.step >= this.film.last) this.step = 0;
    this.label("Pause");
    this.tick();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.label("Play");
    this.tell();
  }

  tick() {
    if (!this.box.isConnected || this.step >= this.film.last) {
      this.pause();
      return;
    }
    const { next, wait } = this.film.next(this.step, Number(this.speed.value), this.skip.checked);
    this.timer = setTimeout(() => {
      this.step = next;
      this.show();
      this.tick();
    }, wait * 1000);
  }

  /** @param {string} word */
  label(word) {
    const shown = this.play.querySelector("span");
    if (shown) shown.textContent = word;
  }

  show() {
    const text = visible(this.film.text(this.step));
    const starter = visible(this.film.starter);
    /** @type {Line[]} */
    const lines = this.diff.checked ? lineDiff(starter, text) : text.split("\n").map((line) => ({ mark: "same", line }));
    this.lines.replaceChildren(...lines.map(drawn));
    this.slider.value = String(this.step);
    this.slider.setAttribute("aria-valuetext", this.words());
    if (!this.playing) this.tell();
    this.bring();
  }

  /** Brings what just changed into sight, without moving the page. */
  bring() {
    const last = [...this.lines.querySelectorAll("li:not([data-mark=same])")].at(-1);
    const view = this.lines.parentElement;
    if (this.playing && view && last instanceof HTMLElement) view.scrollTop = last.offsetTop - view.clientHeight / 2;
  }

  words() {
    return `Step ${this.step} of ${this.film.last}, ${span(this.film.at(this.step))} after the start`;
  }

  /** Said aloud when it stands still: while it plays, nobody could listen. */
  tell() {
    const marks = [...this.lines.children].map((line) => line.getAttribute("data-mark"));
    const [added, removed] = ["added", "removed"].map((mark) => marks.filter((each) => each === mark).length);
    const differs = this.diff.checked ? `; from the starter ${added} lines added, ${removed} removed` : "";
    this.said.textContent = `${this.words()}${differs}.`;
  }

  /** What happened beside, as ticks below the slider; the list of moments says the same. */
  mark() {
    const strip = this.box.querySelector("[data-marks]");
    for (const { at, kind } of this.film.marks) {
      const tick = document.createElementNS(SVG, "rect");
      const x = 4 + 988 * this.film.place(at);
      for (const [name, value] of Object.entries({ x, y: 0, width: 4, height: 12 })) tick.setAttribute(name, String(value));
      tick.dataset.kind = kind;
      strip?.append(tick);
    }
  }
}

/** @param {Line} line */
function drawn({ mark, line }) {
  const item = document.createElement("li");
  item.dataset.mark = mark;
  const code = document.createElement("code");
  code.textContent = line;
  if (mark !== "same") {
    const said = document.createElement("span");
    said.className = "visually-hidden";
    said.textContent = `${mark}: `;
    code.prepend(said);
  }
  item.append(code);
  return item;
}

async function open(/** @type {HTMLElement} */ box) {
  if (!box.querySelector("[data-controls]") || box.dataset.opened) return;
  box.dataset.opened = "yes";
  const answer = await fetch(box.dataset.player ?? "", { headers: { Accept: "application/json" } });
  // What the server drew stays, with its links.
  if (answer.ok) new Player(box, new Film(await answer.json()));
}

function openAll() {
  for (const box of document.querySelectorAll("[data-player]")) if (box instanceof HTMLElement) void open(box);
}

openAll();
document.addEventListener("htmx:load", openAll);
