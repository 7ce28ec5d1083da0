// The shapes of the headless state. The event types stand in events.js, generated from the engine's dataclasses.

/** @typedef {import('./events.js').Event} Event */
/** @typedef {import('./events.js').Value} Value */
/** @typedef {import('./events.js').Bounded} Bounded */
/** @typedef {boolean|number|string|null|Bounded} Plain */
/** @typedef {[number, number, number, number]|number[]} Span  line, column, end line, end column; lines from 1, columns from 0 */
/** @typedef {any[]} Target  `['function', id, output]` or `['accumulate', tensor]` */
/** @typedef {'idle'|'forward'|'backward'|'finished'|'failed'} Phase */

/**
 * One gradient that arrived at a tensor's input buffer in this call. `function` is null for the seed of a root.
 * @typedef {Object} Contribution
 * @property {number|null} function
 * @property {number|null} input
 * @property {Value} value
 */

/**
 * One line of a tensor's ledger; every row is the work of one event, so `seq` leads to it.
 * `modify` changes the tensor's value (an optimizer's step), all others concern its gradient.
 * @typedef {Object} Row
 * @property {'contribution'|'sum'|'accumulate'|'clear'|'set'|'hook'|'modify'} kind
 * @property {number} seq
 * @property {number|null} call
 * @property {Value|null} before
 * @property {Value|null} added
 * @property {Value|null} after
 * @property {number|null} function  whose contribution this was
 * @property {number|null} input  which of that function's inputs
 * @property {boolean} retained
 * @property {string|null} op  of a `modify` row
 */

/**
 * @typedef {Object} TensorState
 * @property {number} tensor
 * @property {number} seq  the event that made it
 * @property {string|null} name  the variable it is known by: the outermost, and of these the first
 * @property {string[]} names  every variable that was bound to it
 * @property {number} depth  1 where `name` is a function's own variable (`f.h`), else 0
 * @property {Value} value
 * @property {Value|null} grad  the stored `.grad`
 * @property {Value|null} flow  the gradient passing through; null again once its node ran
 * @property {Contribution[]} contributions  what arrived in call `call`
 * @property {number} expected  how many will arrive in call `call`
 * @property {number|null} call  the last backward call that reaches it
 * @property {boolean} requires_grad
 * @property {boolean} is_leaf
 * @property {boolean} retains_grad
 * @property {number} version
 * @property {number|null} base  the tensor whose memory it shares
 * @property {number|null} grad_of  the tensor whose `.grad` this is
 * @property {number|null} handle  the tensor that is this one's `.grad`, once the program held it
 * @property {number|null} producer  the function it came from
 * @property {number} output  which of the producer's outputs
 * @property {number|null} line
 * @property {Span|null} span
 * @property {number} scene
 * @property {Scope[]} scopes
 * @property {boolean} aside  bookkeeping made from a `.grad`, no part of any graph shown
 * @property {Row[]} ledger
 */

/**
 * @typedef {Object} Sent
 * @property {number} input
 * @property {number|null} tensor
 * @property {Target|null} to
 * @property {Value} value
 * @property {number[]} summed_axes
 * @property {string|null} arithmetic
 * @property {number|boolean|string|null} local
 */

/**
 * @typedef {Object} FunctionState
 * @property {number} function
 * @property {number} seq
 * @property {string} op
 * @property {string|null} name  the backward node's; null where nothing was recorded
 * @property {(number|null)[]} inputs
 * @property {Record<string, any>} settings
 * @property {number[]} outputs
 * @property {string[]} saved
 * @property {(Target|null)[]} next
 * @property {boolean} freed
 * @property {number|null} line
 * @property {Span|null} span
 * @property {number} scene
 * @property {Scope[]} scopes
 * @property {boolean} aside
 * @property {number|null} within  the backward call that made it (create_graph), else null
 * @property {null|{call: number, gradients: (Value|null)[]}} reached  the last time the engine ran it
 * @property {Sent[]} sent  what it handed back then
 */

/** `scope` is its sort: function, loop, mode. @typedef {{scope: string, label: string}} Scope */

/**
 * @typedef {Object} CallState
 * @property {number} call
 * @property {'backward'|'grad'} via
 * @property {number[]} roots
 * @property {(Value|null)[]} gradients
 * @property {boolean} retain_graph
 * @property {boolean} create_graph
 * @property {number} from
 * @property {number|null} to
 * @property {number|null} line
 * @property {number[]} targets  the tensors it will send gradients to
 * @property {number[]} reached  functions in the order they ran
 * @property {number[]} freed
 */

/**
 * @typedef {Object} Failure
 * @property {number|null} line
 * @property {number|null} column
 * @property {number|null} end_column
 * @property {string} error
 * @property {string} message
 * @property {string|null} hint
 * @property {string} code
 * @property {'failed'|'limited'|'stopped'} status
 * @property {import('./events.js').Refusal[]} refusals  every place that was refused, where the program did not start; every name that nothing gives, where one of them failed it
 */

/**
 * @typedef {Object} State
 * @property {number} cursor
 * @property {Phase} phase
 * @property {number|null} line
 * @property {Span|null} span
 * @property {number|null} call  the backward call that runs, or ran last
 * @property {number|null} running  the function whose backward runs
 * @property {number} scene
 * @property {Map<number, TensorState>} tensors
 * @property {Map<number, FunctionState>} functions
 * @property {Map<string, {tensor: number|null, value: Plain}>} names
 * @property {Scope[]} scopes
 * @property {string} printed
 * @property {CallState[]} calls
 * @property {Failure|null} error
 * @property {Notice[]} notices
 */

/**
 * A mistake that failed no run.
 * @typedef {Object} Notice
 * @property {string} code
 * @property {Span} span
 * @property {string} message
 * @property {string} hint
 * @property {Record<string, any>} arguments
 * @property {import('./events.js').Fix|null} fix
 */

/** @typedef {{index: number, from: number, to: number}} Scene */

/**
 * A teaching step. `from` to `to` are the seqs it covers; a cursor at `to` shows it done.
 * @typedef {Object} Step
 * @property {number} index  0 is the empty start
 * @property {number} from
 * @property {number} to
 * @property {StepKind} kind
 * @property {number} seq  the event that gives the step its sentence
 * @property {'forward'|'backward'} phase
 * @property {number|null} line
 * @property {Span|null} span
 * @property {number|null} tensor
 * @property {number|null} function
 * @property {number|null} call
 * @property {number} scene
 * @property {number[]} tensors  every tensor the step is about
 */

/**
 * @typedef {'start'|'statement'|'create'|'op'|'print'|'backward'|'node'|'write'|'hook'|'done'|'clear'|'set'|'modify'|'flag'|'caught'|'error'} StepKind
 */

export {};
