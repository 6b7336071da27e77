// Digital zoom of what a frame shows: wheel, two fingers, a drag, and the keys + − 0 and the arrows.

const largest = 8;
const step = 1.25;
const keys = { "+": step, "=": step, "-": 1 / step, "−": 1 / step };
const arrows = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Zoom {
  factor = 1;
  #x = 0;
  #y = 0;
  #frame;
  #stage;
  #changed;
  /** By pointer id, where it was last. */
  #pointers = new Map();

  /**
   * @param {Element} frame takes wheel and pointers @param {Element} stage is moved in it
   * @param {(factor: number) => void} changed
   * @param {boolean} isFramed whether the page around it is to be scrolled by a wheel that is over it
   */
  constructor(frame, stage, changed, isFramed) {
    this.#frame = frame;
    this.#stage = stage;
    this.#changed = changed;
    frame.addEventListener("wheel", (event) => {
      if (isFramed && this.factor === 1 && !event.ctrlKey) return;
      event.preventDefault();
      this.#scale(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.002)), event.clientX, event.clientY);
    }, { passive: false });
    frame.addEventListener("pointerdown", (event) => {
      if (event.target.closest("button, a, input, label")) return;
      frame.setPointerCapture(event.pointerId);
      this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    });
    frame.addEventListener("pointermove", (event) => this.#moved(event));
    for (const end of ["pointerup", "pointercancel"]) {
      frame.addEventListener(end, (event) => this.#pointers.delete(event.pointerId));
    }
    frame.addEventListener("dblclick", (event) => {
      if (this.factor > 1) this.reset();
      else this.#scale(2, event.clientX, event.clientY);
    });
    frame.classList.add("is-zoomable");
  }

  /** @returns {boolean} whether the key meant this */
  key({ key, ctrlKey, metaKey, altKey }) {
    if (ctrlKey || metaKey || altKey) return false;
    if (keys[key]) this.by(keys[key]);
    else if (key === "0") this.reset();
    else if (arrows[key] && this.factor > 1) this.#move(arrows[key][0] * 60, arrows[key][1] * 60);
    else return false;
    return true;
  }

  /** Around the middle. */
  by(factor) {
    const { left, top, width, height } = this.#frame.getBoundingClientRect();
    this.#scale(factor, left + width / 2, top + height / 2);
  }

  in() { this.by(step); }
  out() { this.by(1 / step); }

  reset() {
    this.factor = 1;
    this.#move(0, 0);
    this.#changed(1);
  }

  /** What lies under the point stays there. */
  #scale(by, clientX, clientY) {
    const factor = Math.min(largest, Math.max(1, this.factor * by));
    const { left, top, width, height } = this.#frame.getBoundingClientRect();
    const [x, y] = [clientX - left - width / 2, clientY - top - height / 2];
    const ratio = factor / this.factor;
    this.factor = factor;
    this.#x = x - (x - this.#x) * ratio;
    this.#y = y - (y - this.#y) * ratio;
    this.#move(0, 0);
    this.#changed(factor);
  }

  #move(x, y) {
    const { clientWidth, clientHeight } = this.#frame;
    // The picture's edge does not leave the frame's.
    const within = (value, length) => Math.max(-length, Math.min(length, value));
    this.#x = within(this.#x + x, clientWidth * (this.factor - 1) / 2);
    this.#y = within(this.#y + y, clientHeight * (this.factor - 1) / 2);
    this.#stage.style.transform = this.factor === 1 ? "" : `translate(${this.#x}px, ${this.#y}px) scale(${this.factor})`;
    this.#frame.classList.toggle("is-zoomed", this.factor > 1);
  }

  #moved(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const after = { x: event.clientX, y: event.clientY };
    this.#pointers.set(event.pointerId, after);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (!other) return this.#move(after.x - before.x, after.y - before.y);
    const distance = (one) => Math.hypot(one.x - other.x, one.y - other.y);
    this.#scale(distance(after) / Math.max(1, distance(before)), (after.x + other.x) / 2, (after.y + other.y) / 2);
  }
}
