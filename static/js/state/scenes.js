// Scenes: one scene is one life of a graph, from its first recorded function to the last use of it.

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Event} Event */
/** @typedef {import('./types.js').Scene} Scene */

/**
 * Divides a trace into scenes as it arrives. After a backward pass, the first recorded function that uses no
 * intermediate result of the scene begins the next one, together with the lines and leaves directly before it.
 */
export class Scenes {
  constructor() {
    /** @type {Scene[]} */
    this.list = [{ index: 0, from: 0, to: -1 }];
    this.ended = false;
    /** @type {number|null} where the next scene would begin */
    this.candidate = null;
    /** @type {{seq: number, scene: number}[]} what was made since the candidate */
    this.recent = [];
  }

  /** The scene that holds an event. @param {number} seq @returns {number} */
  at(seq) {
    let low = 0;
    let high = this.list.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.list[middle].from <= seq) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Takes the next event; `state` stands after it. @param {Event} event @param {State} state */
  push(event, state) {
    switch (event.kind) {
      case 'line-reached':
      case 'scope-entered':
        this.candidate ??= event.seq;
        break;
      case 'scope-left':
      case 'name-bound':
      case 'flag-changed':
        break;
      case 'tensor-created':
        if (event.grad_of !== null) this.candidate = null;
        break;
      case 'function-applied':
        if (this.#begins(event, state)) this.#begin(this.candidate ?? event.seq);
        this.candidate = null;
        break;
      case 'backward-finished':
        this.ended = true;
        this.candidate = null;
        break;
      default:
        this.candidate = null;
    }
    this.#place(event, state);
  }

  /** @param {import('./events.js').FunctionApplied} event @param {State} state */
  #begins(event, state) {
    const applied = state.functions.get(event.function);
    if (!this.ended || event.name === null || !applied || applied.aside || applied.within !== null) return false;
    const scene = this.list.length - 1;
    return !event.inputs.some((id) => {
      const input = id === null ? undefined : state.tensors.get(id);
      return input !== undefined && input.producer !== null && !input.is_leaf && input.scene === scene;
    });
  }

  /** @param {number} from */
  #begin(from) {
    const index = this.list.length;
    this.list[index - 1].to = from - 1;
    this.list.push({ index, from, to: from });
    for (const thing of this.recent) if (thing.seq >= from) thing.scene = index;
    this.ended = false;
  }

  /** @param {Event} event @param {State} state */
  #place(event, state) {
    const scene = this.list.length - 1;
    this.list[scene].to = event.seq;
    if (this.candidate === null && this.recent.length > 0) this.recent = [];
    if (event.kind === 'tensor-created') {
      this.#put(state.tensors.get(event.tensor), scene);
    } else if (event.kind === 'function-applied') {
      this.#put(state.functions.get(event.function), scene);
      for (const output of event.outputs) {
        const tensor = state.tensors.get(output.tensor);
        if (tensor?.seq === event.seq) this.#put(tensor, scene);
      }
    }
  }

  /** @param {{seq: number, scene: number}|undefined} thing @param {number} scene */
  #put(thing, scene) {
    if (!thing) return;
    thing.scene = scene;
    this.recent.push(thing);
  }
}
