// Teaching steps: what a lesson moves by. One statement without ops, one op, one node of the backward pass with all it
// sends, one leaf write, one clear, set or change, one print.

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Event} Event */
/** @typedef {import('./types.js').Step} Step */
/** @typedef {import('./types.js').StepKind} StepKind */

/** Steps that say nothing yet and become what comes next in their statement. @type {StepKind[]} */
const OPEN = ['statement', 'create'];

/** Whether a backward call runs, or was running when the program failed. @param {State} state */
function inBackward(state) {
  return state.phase === 'backward' || (state.phase === 'failed' && state.calls.at(-1)?.to === null);
}

/** Steps that compute nothing of the graph. @type {StepKind[]} */
const ASIDE = ['statement', 'print', 'clear', 'set', 'modify', 'flag', 'caught'];

/** The pass that a step belongs to: what a program says, prints, clears or updates beside its passes belongs to neither. @param {Step} step @returns {Step['phase'] | 'neither'} */
export function passOf({ kind, phase }) {
  return phase === 'forward' && ASIDE.includes(kind) ? 'neither' : phase;
}

/** What an import binds. */
const PREPARED = ['module', 'builtin_function_or_method', 'type'];

export class Steps {
  constructor() {
    /** @type {Step[]} */
    this.list = [];
    /** Whether the last step still belongs to the statement that runs. */
    this.same = false;
    /** Whether the node that runs has sent something. */
    this.sent = false;
  }

  /** The index of the step that holds an event. @param {number} seq @returns {number} */
  at(seq) {
    let low = 0;
    let high = this.list.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[middle].to >= seq) high = middle;
      else low = middle + 1;
    }
    return Math.max(low, 0);
  }

  /** Takes the next event; `state` stands after it. @param {Event} event @param {State} state */
  push(event, state) {
    const backward = state.phase === 'backward';
    switch (event.kind) {
      case 'run-started':
        this.#open(event, state, 'start');
        this.same = false;
        break;
      case 'line-reached':
        if (!backward) this.#open(event, state, 'statement');
        else this.#lead(event, state);
        this.same = true;
        break;
      case 'name-bound':
      case 'scope-entered':
      case 'scope-left':
        if (backward) this.#lead(event, state);
        else if (this.#prepares(event)) this.#join(event);
        else if (this.same) this.#extend(event, state);
        else this.#open(event, state, 'statement');
        this.same = true;
        break;
      case 'tensor-created':
        if (backward) this.#lead(event, state);
        else if (event.grad_of !== null) this.#is(OPEN) ? this.#extend(event, state) : this.#open(event, state, 'statement');
        else this.#become(event, state, 'create', OPEN, [event.tensor]);
        break;
      case 'function-applied': {
        const results = state.functions.get(event.function)?.outputs ?? [];
        if (backward) this.#lead(event, state);
        else this.#become(event, state, 'op', results.some((id) => this.#last()?.tensors.includes(id)) ? [...OPEN, 'modify'] : OPEN, results, event.function);
        break;
      }
      case 'printed':
        this.#become(event, state, 'print', ['statement', 'print'], []);
        break;
      case 'backward-started':
        this.#become(event, state, 'backward', OPEN, event.roots);
        break;
      case 'function-reached': {
        const outputs = state.functions.get(event.function)?.outputs ?? [];
        this.#open(event, state, 'node', outputs, event.function);
        this.sent = false;
        break;
      }
      case 'gradient-sent':
        this.sent = true;
        this.#extend(event, state);
        break;
      case 'gradient-summed':
      case 'buffers-freed':
        this.#extend(event, state);
        break;
      case 'gradient-accumulated':
        this.#open(event, state, 'write', [event.tensor]);
        break;
      case 'hook-ran':
        this.#become(event, state, 'hook', ['hook'], event.tensor === null ? [] : [event.tensor], event.function);
        break;
      case 'backward-finished':
        this.#open(event, state, 'done', state.calls[event.call]?.roots ?? []);
        this.same = true;
        break;
      case 'gradient-cleared':
        this.#become(event, state, 'clear', this.#about(event.tensor, state) ? [...OPEN, 'clear', 'modify'] : [...OPEN, 'clear'], [event.tensor]);
        break;
      case 'gradient-set':
        this.#become(event, state, 'set', OPEN, [event.tensor]);
        break;
      case 'tensor-modified':
        if (this.#is(['op', 'clear']) && this.#about(event.tensor, state)) this.#extend(event, state);
        else this.#become(event, state, 'modify', [...OPEN, 'modify'], [event.tensor]);
        break;
      case 'flag-changed':
        if (this.#is(['create']) && this.#last()?.tensors.includes(event.tensor)) this.#extend(event, state);
        else this.#become(event, state, 'flag', ['statement'], [event.tensor]);
        break;
      case 'error-caught':
        this.#become(event, state, 'caught', ['statement'], []);
        break;
      case 'run-failed':
        this.#become(event, state, 'error', OPEN, []);
        break;
      case 'noticed':
      case 'run-finished':
        this.#extend(event, state);
        break;
    }
  }

  #last() {
    return this.list[this.list.length - 1];
  }

  /** @param {StepKind[]} kinds */
  #is(kinds) {
    const step = this.#last();
    return step !== undefined && this.same && kinds.includes(step.kind);
  }

  /** Whether the last step is about a tensor or about its `.grad`. @param {number} tensor @param {State} state */
  #about(tensor, state) {
    const step = this.#last();
    const related = [tensor, state.tensors.get(tensor)?.grad_of, state.tensors.get(tensor)?.handle];
    return step !== undefined && this.same && step.tensors.some((id) => related.includes(id));
  }

  /**
   * @param {Event} event @param {State} state @param {StepKind} kind
   * @param {number[]} [tensors] @param {number|null} [applied]
   */
  #open(event, state, kind, tensors = [], applied = null) {
    const backward = kind === 'done' || inBackward(state);
    this.list.push({
      index: this.list.length, from: event.seq, to: event.seq, kind, seq: event.seq,
      phase: backward ? 'backward' : 'forward',
      line: event.line, span: 'span' in event ? event.span ?? null : state.span,
      tensor: tensors[0] ?? null, function: applied,
      call: backward ? state.call : null, scene: 0, tensors,
    });
  }

  /** Whether the event is an import before anything else happened: that belongs to the start. @param {Event} event */
  #prepares(event) {
    const [first, second] = this.list;
    return event.kind === 'name-bound' && event.value !== null && typeof event.value === 'object' && PREPARED.includes(event.value.type) && first?.kind === 'start'
      && (this.list.length === 1 ? this.same : this.list.length === 2 && second.kind === 'statement' && second.from === second.to && this.same);
  }

  /** The start takes in the statement that follows it. @param {Event} event */
  #join(event) {
    this.list.length = 1;
    this.list[0].to = event.seq;
  }

  /** @param {Event} event @param {State} state */
  #extend(event, state) {
    const step = this.#last();
    if (step) step.to = event.seq;
    else this.#open(event, state, 'statement');
  }

  /** What happens inside a backward pass before a node's own events: a hook's lines, or the ops of `create_graph`. @param {Event} event @param {State} state */
  #lead(event, state) {
    const step = this.#last();
    const running = step?.kind === 'node' && !this.sent;
    if (running || step?.kind === 'hook' || step?.kind === 'backward') this.#extend(event, state);
    else this.#open(event, state, 'hook');
  }

  /**
   * The last step becomes this kind where it is one of `from` in the same statement, else a new step begins.
   * @param {Event} event @param {State} state @param {StepKind} kind @param {StepKind[]} from
   * @param {number[]} tensors @param {number|null} [applied]
   */
  #become(event, state, kind, from, tensors, applied = null) {
    const step = this.#last();
    if (!step || !this.#is(from)) {
      this.#open(event, state, kind, tensors, applied);
      this.same = true;
      return;
    }
    const more = step.kind === kind || kind === 'clear';
    step.to = event.seq;
    step.seq = event.seq;
    step.line = event.line ?? step.line;
    if ('span' in event && event.span) step.span = event.span;
    step.phase = inBackward(state) ? 'backward' : 'forward';
    step.call = inBackward(state) ? state.call : null;
    step.tensors = more ? [...new Set([...step.tensors, ...tensors])] : tensors;
    step.tensor = step.tensors[0] ?? null;
    step.function = applied;
    step.kind = kind;
  }
}
