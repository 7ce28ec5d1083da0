/**
 * What the editor offers while a person types: names the program can reach, and names the program has made.
 * @typedef {{torch: string[], functional: string[], methods: string[]}} Names
 * @typedef {{spellings: string[]}} OpRow
 */

const ATTRIBUTES = ['grad', 'grad_fn', 'is_leaf', 'requires_grad', 'data', 'shape', 'dtype', 'T', 'ndim'];
const METHODS = ['backward()', 'retain_grad()', 'detach()', 'item()', 'tolist()', 'requires_grad_()', 'zero_()', 'numel()', 'size()', 'register_hook()'];
const TORCH = ['tensor', 'zeros', 'ones', 'full', 'arange', 'linspace', 'randn', 'rand', 'manual_seed', 'no_grad', 'autograd', 'nn', 'optim', 'float32',
  'float64', 'int64', 'bool'];
const WORDS = ['import torch', 'def', 'for', 'while', 'if', 'else', 'elif', 'return', 'with torch.no_grad():', 'in', 'not', 'and', 'or', 'True', 'False',
  'None', 'print', 'range', 'len', 'requires_grad=True', 'retain_graph=True'];

/** @param {OpRow[]} rows @returns {Names} */
export function namesOf(rows) {
  const spellings = rows.flatMap((row) => row.spellings ?? []);
  /** @param {string} prefix */
  const after = (prefix) => spellings.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const plain = (/** @type {string} */ name) => /^[a-z]\w*$/i.test(name);
  const methods = [...after('Tensor.'), ...after('torch.Tensor.')].filter(plain).map((name) => `${name}()`);
  return {
    torch: [...new Set([...TORCH, ...after('torch.').filter(plain)])],
    functional: [...new Set([...after('F.'), ...after('torch.nn.functional.'), ...after('nn.functional.')].filter(plain))],
    methods: [...new Set([...ATTRIBUTES, ...METHODS, ...methods])],
  };
}

/**
 * What fits behind the caret. A word that is whole already is left alone, so that Enter after it ends the line; statements are offered where a line begins.
 * @param {import('../../vendor/editor.js').CompletionContext} context @param {Names} names
 * @returns {import('../../vendor/editor.js').CompletionResult | null}
 */
export function completions(context, names) {
  const before = context.state.doc.lineAt(context.pos);
  const text = before.text.slice(0, context.pos - before.from);
  if (insideTextOrComment(text)) return null;
  const dotted = /([\w.\])]*)\.(\w*)$/.exec(text);
  if (dotted) {
    const from = context.pos - dotted[2].length;
    if (/(^|\.)torch$/.test(dotted[1])) return { from, options: options(names.torch), validFor: /^\w*$/ };
    if (/^(F|(torch\.)?nn\.functional)$/.test(dotted[1])) return { from, options: options(names.functional), validFor: /^\w*$/ };
    if (/^\d+$/.test(dotted[1]) || dotted[1] === '') return null;
    return { from, options: options(names.methods), validFor: /^\w*$/ };
  }
  const word = context.matchBefore(/[A-Za-z_]\w*$/);
  if (!word || (word.to - word.from < 2 && !context.explicit)) return null;
  const written = context.state.doc.toString().match(/[A-Za-z_]\w*/g) ?? [];
  if (!context.explicit && (WORDS.includes(word.text) || written.filter((name) => name === word.text).length > 1)) return null;
  const own = new Set(written);
  own.delete(word.text);
  const begins = text.trim() === word.text;
  return { from: word.from, options: options([...own, ...WORDS.filter((name) => !own.has(name) && (begins || !name.includes(' ')))]), validFor: /^\w*$/ };
}

/** @param {string} text */
function insideTextOrComment(text) {
  const bare = text.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '');
  return bare.includes('#') || bare.includes('"') || bare.includes("'");
}

/** @param {string[]} names */
function options(names) {
  return names.map((label) => {
    const call = label.endsWith('()');
    return { label, apply: label, type: call ? 'method' : 'variable' };
  });
}
