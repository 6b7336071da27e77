// What the page knows of the server's instances and their taps, from the events on the socket.

/** Milliseconds: several events soon after one another are one change to what is shown. */
const pause = 100;

export class InstanceStore {
  /** By id. */
  instances = new Map();
  /** Metrics by instance and tap. */
  taps = new Map();
  /** Whether anything is known yet. */
  isKnown = false;
  #listeners = new Set();
  #changed = new Set();
  #timer = 0;

  /** @param {Object} message `snapshot`, `changed` or `removed` */
  apply(message) {
    if (message.type === "snapshot") {
      this.isKnown = true;
      const ids = new Set([...this.instances.keys(), ...message.instances.map(({ id }) => id)]);
      this.instances = new Map(message.instances.map((instance) => [instance.id, instance]));
      this.taps = new Map(Object.entries(message.taps));
      this.#tell(...ids);
    } else if (message.type === "changed") {
      const { instance, taps } = message;
      this.instances.set(instance.id, instance);
      this.taps.set(instance.id, taps);
      this.#tell(instance.id);
    } else if (message.type === "removed") {
      this.instances.delete(message.id);
      this.taps.delete(message.id);
      this.#tell(message.id);
    }
  }

  /** In the order of their ids. */
  get instancesById() {
    return [...this.instances.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  instance(id) { return this.instances.get(id) ?? null; }

  /** The instance, if it has such a tap. */
  instanceWith(id, tap) {
    const instance = this.instance(id);
    return instance?.taps.includes(tap) ? instance : null;
  }

  metrics(id, tap) { return this.taps.get(id)?.[tap] ?? null; }

  /**
   * @param {(ids: Set<string>) => void} listener told of instances that came, went or are different
   * @returns {() => void} ends that
   */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(...ids) {
    for (const id of ids) this.#changed.add(id);
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      const changed = this.#changed;
      this.#changed = new Set();
      for (const listener of this.#listeners) listener(changed);
    }, pause);
  }
}
