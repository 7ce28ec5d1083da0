import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filled, localFactor, node, numeral, readFormula, unbracketed } from '../../static/js/page/formula.js';

/** @param {any} tree @returns {string} */
function text(tree) {
  if (typeof tree === 'string') return tree;
  const parts = tree.children.map(text);
  if (tree.tag === 'msup') return parts.join('^');
  if (tree.tag === 'mfrac') return `(${parts.join(' / ')})`;
  if (tree.tag === 'mtr') return `${parts.join(' ')};`;
  return parts.join('');
}

const i = (/** @type {string} */ name) => `<mi>${name}</mi>`;
const row = (/** @type {string[]} */ ...parts) => `<mrow>${parts.join('')}</mrow>`;
const times = (/** @type {string} */ left, /** @type {string} */ right) => row(left, '<mo>×</mo>', right);
const minus = (/** @type {string} */ left, /** @type {string} */ right) => row(left, '<mo>−</mo>', right);
const bracket = (/** @type {string} */ inner) => row('<mo>(</mo>', inner, '<mo>)</mo>');
const call = (/** @type {string} */ name, /** @type {string} */ inner) => row(i(name), bracket(inner));
const math = (/** @type {string} */ inner) => readFormula(`<math xmlns="http://www.w3.org/1998/Math/MathML">${inner}</math>`);
const share = node('mfrac', node('mn', '1'), node('mn', '3'));

test('the local derivative is the rule for a gradient of one, and none where the gradient is no factor', () => {
  const cases = [
    ['g', i('g'), '1'],
    ['−g', row('<mo>−</mo>', i('g')), '−1'],
    ['g × (1 − result²)', times(i('g'), bracket(minus('<mn>1</mn>', `<msup>${i('result')}<mn>2</mn></msup>`))), '1−y^2'],
    ['g × other', times(i('g'), i('other')), 'b'],
    ['g / self', `<mfrac>${i('g')}${i('self')}</mfrac>`, '(1 / a)'],
    ['−g × result', times(row('<mo>−</mo>', i('g')), i('result')), '−y'],
    ['g × exponent × self^(exponent − 1)', times(i('g'), times(i('exponent'), `<msup>${i('self')}${minus(i('exponent'), '<mn>1</mn>')}</msup>`)), '2×a'],
    ['share(g) × 2', times(call('share', i('g')), '<mn>2</mn>'), '(1 / 3)×2'],
    ['expand(g)', call('expand', i('g')), '1'],
    ['cases', row('<mo>{</mo>', `<mtable><mtr><mtd>${i('g')}</mtd><mtd><mtext>if </mtext></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd><mtext>else</mtext></mtd></mtr></mtable>`), '{1 if ;0 else;'],
    ['0', '<mn>0</mn>', '0'],
    ['g ⋅ other⊤', row(i('g'), '<mo>⋅</mo>', `<msup>${i('other')}${i('T')}</msup>`), null],
    ['result × (g − Σ(g × result))', times(i('result'), bracket(minus(i('g'), call('Σ', times(i('g'), i('result')))))), null],
    ['g × g', times(i('g'), i('g')), null],
    ['reshape(g)', call('reshape', i('g')), null],
    ['self / g', `<mfrac>${i('self')}${i('g')}</mfrac>`, null],
  ];
  const names = new Map([['self', node('mi', 'a')], ['other', node('mi', 'b')], ['result', node('mi', 'y')], ['exponent', numeral(2)]]);
  for (const [name, rule, expected] of cases) {
    const factor = localFactor(math(/** @type {string} */ (rule)), { share });
    assert.equal(factor === null ? null : text(filled(unbracketed(factor), names)), expected, /** @type {string} */ (name));
  }
});

test('a name may hold what looks like markup and stays text', () => {
  const names = new Map([['self', node('mi', '<script>')]]);
  assert.deepEqual(filled(math(i('self')), names).children, ['<script>']);
});

test('a formula that does not close is refused', () => {
  for (const broken of ['<math><mi>x</mi>', '<math><mi>x</mo></math>', '</math>']) assert.throws(() => readFormula(broken), SyntaxError);
});
