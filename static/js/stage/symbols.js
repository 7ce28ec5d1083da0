/**
 * What a badge says: the op's sign, with a plain number written into its slot.
 */

/** Signs of the arithmetic ops; every other op keeps its PyTorch name. @type {Map<string, string>} */
const SIGNS = new Map([
  ['add', '+'],
  ['sub', '−'],
  ['rsub', '−'],
  ['mul', '×'],
  ['div', '÷'],
  ['true_divide', '÷'],
  ['matmul', '@'],
  ['mm', '@'],
  ['mv', '@'],
  ['bmm', '@'],
  ['dot', '·'],
  ['neg', '−x'],
  ['square', 'x²'],
  ['reciprocal', '1/x'],
  ['abs', '|x|'],
  ['t', 'xᵀ'],
  ['transpose', 'xᵀ'],
  ['getitem', '[ ]'],
  ['index', '[ ]'],
  ['select', '[ ]'],
  ['slice', '[ ]'],
  ['eq', '='],
  ['ne', '≠'],
  ['lt', '<'],
  ['le', '≤'],
  ['gt', '>'],
  ['ge', '≥'],
]);

/** Ops whose argument order matters, so that their slots are told apart. */
const ORDERED = new Set(['sub', 'rsub', 'div', 'true_divide', 'matmul', 'mm', 'mv', 'bmm', 'pow', 'where', 'linear', 'addmm']);

const SUPERSCRIPTS = new Map([...'0123456789-.'].map((digit, index) => [digit, '⁰¹²³⁴⁵⁶⁷⁸⁹⁻·'[index]]));
const LONGEST = 12;

/** @param {string} op */
export function isOrdered(op) {
  return ORDERED.has(op);
}

/**
 * A number as short as it can be said: 0.01, −1, 2.
 * @param {number | string} value
 */
export function plainNumber(value) {
  if (typeof value !== 'number') return String(value);
  return String(Number(value.toPrecision(4))).replace('-', '−');
}

/**
 * The plain number that stands in for an input, and where it stands.
 * @param {{op: string, inputs: (number | null)[], settings: Record<string, unknown> | null}} fn
 * @returns {{value: number, position: 'before' | 'after'} | null}
 */
export function plainOperand(fn) {
  const settings = fn.settings ?? {};
  for (const key of ['other', 'exponent', 'self', 'value']) {
    const value = settings[key];
    if (typeof value !== 'number') continue;
    const before = key === 'self' || fn.inputs[0] === null || fn.op === 'rsub';
    return { value, position: before ? 'before' : 'after' };
  }
  return null;
}

/**
 * The text inside a badge, such as "×", "×0.01", "x²", "1−", "tanh".
 * @param {{op: string, inputs: (number | null)[], settings: Record<string, unknown> | null}} fn
 */
export function badgeText(fn) {
  const operand = plainOperand(fn);
  if (fn.op === 'pow') return powerText(operand);
  const sign = SIGNS.get(fn.op) ?? shortened(fn.op);
  if (!operand || !['add', 'sub', 'rsub', 'mul', 'div', 'true_divide'].includes(fn.op)) return sign;
  const number = plainNumber(operand.value);
  if (operand.position === 'before' && sign !== '×' && sign !== '+') return `${number}${sign}`;
  return number.startsWith('−') ? `${sign}(${number})` : `${sign}${number}`;
}

/** @param {{value: number, position: string} | null} operand */
function powerText(operand) {
  if (!operand) return 'xʸ';
  const number = String(Number(operand.value.toPrecision(4)));
  if (operand.position === 'before') return `${number}ˣ`;
  const raised = [...number].map((digit) => SUPERSCRIPTS.get(digit));
  return raised.includes(undefined) ? `x^${number}` : `x${raised.join('')}`;
}

/** @param {string} op */
function shortened(op) {
  const name = op.replace(/_with_logits$/, '').replace(/^binary_cross_entropy$/, 'bce').replace(/_loss$/, '');
  return name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
}
