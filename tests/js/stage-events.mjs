/** Hand-made events for the stage's tests: a scalar program, written as the engine would write it. */
import { Trace } from '../../static/js/state/trace.js';

const scalar = (data) => ({ shape: [], dtype: 'float32', data });

export class Script {
  events = [];
  #tensors = 0;
  #functions = 0;
  #line = 1;

  constructor() {
    this.add('run-started', { schema: 1, seed: 0 });
  }

  add(kind, fields = {}) {
    this.events.push({ seq: this.events.length, kind, line: this.#line, ...fields });
    return this;
  }

  line() {
    this.#line += 1;
    return this.add('line-reached');
  }

  leaf(name, value, { requires_grad = true, base = null, grad_of = null } = {}) {
    const tensor = this.#tensors;
    this.#tensors += 1;
    this.add('tensor-created', { tensor, value: shaped(value), requires_grad, is_leaf: true, base, grad_of, span: [this.#line, 4, this.#line, 20] });
    return this.name(name, tensor);
  }

  name(name, tensor) {
    if (name) this.add('name-bound', { name, tensor, value: null });
    return tensor;
  }

  op(op, inputs, value, { name = null, settings = {}, saved = [], recorded = true, next = [], base = null, outputs = 1 } = {}) {
    const made = Array.from({ length: outputs }, (_, index) => this.#tensors + index);
    const fn = this.#functions;
    this.#tensors += outputs;
    this.#functions += 1;
    this.add('function-applied', {
      function: fn, op, name: recorded ? `${op[0].toUpperCase()}${op.slice(1)}Backward0` : null, inputs, settings, saved, next, span: [this.#line, 4 + fn, this.#line, 12],
      outputs: made.map((tensor) => ({ tensor, value: shaped(value), requires_grad: recorded, is_leaf: !recorded, base })),
    });
    if (name) made.forEach((tensor, index) => this.name(outputs === 1 ? name : `${name}${index}`, tensor));
    return { tensor: made[0], tensors: made, fn };
  }

  trace() {
    return new Trace(this.events);
  }
}

function shaped(value) {
  return typeof value === 'object' ? value : scalar(value);
}

/** `y = x * x; z = y + x; z.backward()` at x = 3: two slots of one op, a fan-in of three, one write. */
export function fanIn() {
  const script = new Script();
  const x = script.leaf('x', 3);
  script.line();
  const y = script.op('mul', [x, x], 9, { name: 'y', saved: ['self', 'other'], next: [['accumulate', x], ['accumulate', x]] });
  script.line();
  const z = script.op('add', [y.tensor, x], 12, { name: 'z', next: [['function', y.fn, 0], ['accumulate', x]] });
  script.line();
  const call = { call: 0 };
  script.add('backward-started', { ...call, via: 'backward', roots: [z.tensor], gradients: [scalar(1)], retain_graph: false, create_graph: false });
  script.add('function-reached', { ...call, function: z.fn, gradients: [scalar(1)] });
  script.add('gradient-sent', { ...call, function: z.fn, input: 0, tensor: y.tensor, to: ['function', y.fn, 0], value: scalar(1), summed_axes: [], arithmetic: '1.0' });
  script.add('gradient-sent', { ...call, function: z.fn, input: 1, tensor: x, to: ['accumulate', x], value: scalar(1), summed_axes: [], arithmetic: '1.0' });
  script.add('function-reached', { ...call, function: y.fn, gradients: [scalar(1)] });
  script.add('gradient-sent', { ...call, function: y.fn, input: 0, tensor: x, to: ['accumulate', x], value: scalar(3), summed_axes: [], arithmetic: '1.0 × 3.0' });
  script.add('gradient-summed', { ...call, tensor: x, to: ['accumulate', x], before: scalar(1), added: scalar(3), after: scalar(4), part: 2, of: 3 });
  script.add('gradient-sent', { ...call, function: y.fn, input: 1, tensor: x, to: ['accumulate', x], value: scalar(3), summed_axes: [], arithmetic: '1.0 × 3.0' });
  script.add('gradient-summed', { ...call, tensor: x, to: ['accumulate', x], before: scalar(4), added: scalar(3), after: scalar(7), part: 3, of: 3 });
  script.add('buffers-freed', { ...call, functions: [y.fn] });
  script.add('gradient-accumulated', { ...call, tensor: x, before: null, added: scalar(7), after: scalar(7), retained: false });
  script.add('backward-finished', call);
  script.add('run-finished', { tensors: 3, functions: 2, calls: 1 });
  return { trace: script.trace(), x, y, z };
}
