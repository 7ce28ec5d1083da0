// Generated from the event types: `python -m engine.jsdoc > static/js/state/events.js`.

/**
 * @typedef {Object} Value
 * @property {number[]} shape
 * @property {string} dtype
 * @property {any} [data]
 * @property {number|boolean|'nan'|'inf'|'-inf'|null} [min]
 * @property {number|boolean|'nan'|'inf'|'-inf'|null} [max]
 * @property {number|boolean|'nan'|'inf'|'-inf'|null} [mean]
 * @property {number|boolean|'nan'|'inf'|'-inf'|null} [norm]
 * @property {number} [nonfinite]
 * @property {any} [sample]
 */

/**
 * @typedef {Object} Output
 * @property {number} tensor
 * @property {Value} value
 * @property {boolean} requires_grad
 * @property {boolean} is_leaf
 * @property {number|null} base
 */

/**
 * @typedef {Object} Also
 * @property {number} tensor
 * @property {Value} after
 * @property {number} [version]
 */

/**
 * @typedef {Object} Bounded
 * @property {string} type
 * @property {string} text
 * @property {(number|null)[]} [tensors]
 */

/**
 * @typedef {Object} Refusal
 * @property {number} line
 * @property {number} column
 * @property {number} end_column
 * @property {string} error
 * @property {string} message
 * @property {string|null} hint
 * @property {string} code
 * @property {string|null} replacement
 */

/**
 * @typedef {Object} Fix
 * @property {number} line
 * @property {number} column
 * @property {number} end_line
 * @property {number} end_column
 * @property {string} text
 */

/**
 * @typedef {Object} RunStarted
 * @property {number} seq
 * @property {'run-started'} kind
 * @property {number|null} line
 * @property {number} schema
 * @property {number|null} seed
 */

/**
 * @typedef {Object} LineReached
 * @property {number} seq
 * @property {'line-reached'} kind
 * @property {number|null} line
 */

/**
 * @typedef {Object} TensorCreated
 * @property {number} seq
 * @property {'tensor-created'} kind
 * @property {number|null} line
 * @property {number} tensor
 * @property {Value} value
 * @property {boolean} requires_grad
 * @property {boolean} is_leaf
 * @property {number|null} base
 * @property {number|null} grad_of
 * @property {number[]|null} span
 * @property {number|null} [version]
 */

/**
 * @typedef {Object} FunctionApplied
 * @property {number} seq
 * @property {'function-applied'} kind
 * @property {number|null} line
 * @property {number} function
 * @property {string} op
 * @property {string|null} name
 * @property {(number|null)[]} inputs
 * @property {Record<string, any>} settings
 * @property {Output[]} outputs
 * @property {string[]} saved
 * @property {(any[]|null)[]} next
 * @property {number[]|null} span
 */

/**
 * @typedef {Object} NameBound
 * @property {number} seq
 * @property {'name-bound'} kind
 * @property {number|null} line
 * @property {string} name
 * @property {number|null} tensor
 * @property {boolean|number|string|null|Bounded} value
 */

/**
 * @typedef {Object} ScopeEntered
 * @property {number} seq
 * @property {'scope-entered'} kind
 * @property {number|null} line
 * @property {string} scope
 * @property {string} label
 */

/**
 * @typedef {Object} ScopeLeft
 * @property {number} seq
 * @property {'scope-left'} kind
 * @property {number|null} line
 * @property {string} scope
 * @property {string} label
 */

/**
 * @typedef {Object} Printed
 * @property {number} seq
 * @property {'printed'} kind
 * @property {number|null} line
 * @property {string} text
 */

/**
 * @typedef {Object} BackwardStarted
 * @property {number} seq
 * @property {'backward-started'} kind
 * @property {number|null} line
 * @property {number} call
 * @property {'backward'|'grad'} via
 * @property {number[]} roots
 * @property {(Value|null)[]} gradients
 * @property {boolean} retain_graph
 * @property {boolean} create_graph
 * @property {number[]|null} [inputs]
 * @property {number[]|null} [span]
 */

/**
 * @typedef {Object} FunctionReached
 * @property {number} seq
 * @property {'function-reached'} kind
 * @property {number|null} line
 * @property {number} call
 * @property {number} function
 * @property {(Value|null)[]} gradients
 */

/**
 * @typedef {Object} GradientSent
 * @property {number} seq
 * @property {'gradient-sent'} kind
 * @property {number|null} line
 * @property {number} call
 * @property {number} function
 * @property {number} input
 * @property {number|null} tensor
 * @property {any[]|null} to
 * @property {Value} value
 * @property {number[]} summed_axes
 * @property {string|null} arithmetic
 * @property {number|boolean|'nan'|'inf'|'-inf'|null} [local]
 */

/**
 * @typedef {Object} GradientSummed
 * @property {number} seq
 * @property {'gradient-summed'} kind
 * @property {number|null} line
 * @property {number} call
 * @property {number|null} tensor
 * @property {any[]|null} to
 * @property {Value} before
 * @property {Value} added
 * @property {Value} after
 * @property {number} part
 * @property {number} of
 */

/**
 * @typedef {Object} GradientAccumulated
 * @property {number} seq
 * @property {'gradient-accumulated'} kind
 * @property {number|null} line
 * @property {number} call
 * @property {number} tensor
 * @property {Value|null} before
 * @property {Value} added
 * @property {Value} after
 * @property {boolean} retained
 * @property {Also[]|null} [also]
 */

/**
 * @typedef {Object} BuffersFreed
 * @property {number} seq
 * @property {'buffers-freed'} kind
 * @property {number|null} line
 * @property {number} call
 * @property {number[]} functions
 */

/**
 * @typedef {Object} BackwardFinished
 * @property {number} seq
 * @property {'backward-finished'} kind
 * @property {number|null} line
 * @property {number} call
 */

/**
 * @typedef {Object} GradientCleared
 * @property {number} seq
 * @property {'gradient-cleared'} kind
 * @property {number|null} line
 * @property {number} tensor
 * @property {'none'|'zero'} to
 */

/**
 * @typedef {Object} GradientSet
 * @property {number} seq
 * @property {'gradient-set'} kind
 * @property {number|null} line
 * @property {number} tensor
 * @property {Value} value
 */

/**
 * @typedef {Object} TensorModified
 * @property {number} seq
 * @property {'tensor-modified'} kind
 * @property {number|null} line
 * @property {number} tensor
 * @property {string} op
 * @property {number} version
 * @property {Value} before
 * @property {Value} after
 * @property {Also[]} also
 */

/**
 * @typedef {Object} FlagChanged
 * @property {number} seq
 * @property {'flag-changed'} kind
 * @property {number|null} line
 * @property {number} tensor
 * @property {'requires_grad'|'retains_grad'} flag
 * @property {boolean} value
 */

/**
 * @typedef {Object} HookRan
 * @property {number} seq
 * @property {'hook-ran'} kind
 * @property {number|null} line
 * @property {number|null} tensor
 * @property {number|null} function
 * @property {Value|(Value|null)[]|null} before
 * @property {Value|(Value|null)[]|null} after
 */

/**
 * @typedef {Object} ErrorCaught
 * @property {number} seq
 * @property {'error-caught'} kind
 * @property {number|null} line
 * @property {string} error
 * @property {string} message
 */

/**
 * @typedef {Object} Noticed
 * @property {number} seq
 * @property {'noticed'} kind
 * @property {number|null} line
 * @property {string} code
 * @property {number[]} span
 * @property {string} message
 * @property {string} hint
 * @property {Record<string, any>} arguments
 * @property {Fix|null} [fix]
 */

/**
 * @typedef {Object} RunFailed
 * @property {number} seq
 * @property {'run-failed'} kind
 * @property {number|null} line
 * @property {number|null} column
 * @property {number|null} end_column
 * @property {string} error
 * @property {string} message
 * @property {string|null} hint
 * @property {string} code
 * @property {'failed'|'limited'|'stopped'} status
 * @property {Record<string, any>|null} [arguments]
 * @property {Refusal[]|null} [refusals]
 * @property {Fix|null} [fix]
 */

/**
 * @typedef {Object} RunFinished
 * @property {number} seq
 * @property {'run-finished'} kind
 * @property {number|null} line
 * @property {number} tensors
 * @property {number} functions
 * @property {number} calls
 */

/** @typedef {RunStarted|LineReached|TensorCreated|FunctionApplied|NameBound|ScopeEntered|ScopeLeft|Printed|BackwardStarted|FunctionReached|GradientSent|GradientSummed|GradientAccumulated|BuffersFreed|BackwardFinished|GradientCleared|GradientSet|TensorModified|FlagChanged|HookRan|ErrorCaught|Noticed|RunFailed|RunFinished} Event */

/** The schema these events belong to. */
export const SCHEMA = 1;
