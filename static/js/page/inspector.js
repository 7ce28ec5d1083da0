import { broadcastSection } from './broadcast.js';
import { chainRule, derivative } from './chain.js';
import { beforePaint, fill, html, reachScrolls } from './dom.js';
import { icon } from './icons.js';
import { t } from './language.js';
import { fitFormulas } from './mathml.js';
import { ledgerTable } from './ledger.js';
import { pathSection } from './path.js';
import { label } from '../state/labels.js';
import { grownIn } from '../state/lineage.js';
import { lineOf, textOf } from './source.js';
import { kindText, valueView } from './values.js';
import { needWays, whyOf } from './why.js';

/**
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/types.js').TensorState} TensorState
 * @typedef {import('./ops.js').OpTable} OpTable
 * @typedef {import('../stage/fold.js').Group & {closed: boolean}} Fold
 * @typedef {{state: State, tensor: number | null, traps?: Node | null, source: string, ops: OpTable, language: string, pinButton: HTMLElement, onSeek: (seq: number) => void, onRefresh: () => void, onSelect: (tensor: number) => void, onPath: (edges: {function: number, input: number}[] | null) => void, onNeed: (waves: {function: number, input: number}[][] | null, tensors: number[]) => void, onLine: (line: number) => void, groups?: Fold[], onFold?: (key: string, closed: boolean) => void, node?: ((tensor: TensorState, subject: Subject) => Node) | null}} Subject
 *   `groups` are what can be folded around it, an outer one first; `node` tells of the tensor's backward node, where that is what the stage shows
 */

/** What the tensor is, in one word. @param {TensorState} tensor */
export function kindOf(tensor) {
  if (tensor.is_leaf && tensor.requires_grad) return 'leaf';
  if (tensor.is_leaf && tensor.producer === null) return 'constant';
  return tensor.requires_grad ? 'intermediate' : 'untracked';
}

/**
 * Everything about one tensor at this step, in the panel at the right.
 * @param {HTMLElement} root @param {Subject} subject
 */
export function showInspector(root, subject) {
  const { state, source } = subject;
  const tensor = subject.tensor === null ? undefined : state.tensors.get(subject.tensor);
  if (!tensor) {
    fill(root, [html('div', { class: 'inspector-empty' }, html('p', {}, t('inspector.empty')))]);
    return;
  }
  const producer = tensor.producer === null ? undefined : state.functions.get(tensor.producer);
  const local = producer ? derivative(producer, subject) : null;
  fill(root, [
    head(tensor, subject),
    subject.traps ?? null,
    subject.node?.(tensor, subject) ?? null,
    section(t('inspector.value'), html('span', {}, kindText(tensor.value), whyOf(tensor, 'value', subject)), valueView(tensor.value)),
    gradientSection(tensor, subject),
    local,
    producer ? chainRule(producer, subject, local !== null) : null,
    broadcastSection(tensor, subject),
    pathSection(tensor, subject),
    tensor.ledger.length > 0 ? section(t(tensor.is_leaf || tensor.retains_grad ? 'inspector.ledger' : 'inspector.arrivals'), null, ledgerTable(tensor, subject)) : null,
    producer && producer.name !== null ? savedSection(producer, subject) : null,
    flagsSection(tensor, producer, subject),
    tensor.line === null ? null : section(t('inspector.source'), null, html('button', {
      type: 'button', class: 'source-line', onclick: () => subject.onLine(/** @type {number} */ (tensor.line)),
    }, html('span', { class: 'source-number' }, String(tensor.line)), html('code', {}, lineOf(source, tensor.line)))),
  ]);
  fitInspector(root);
}

/** Fits what is in the panel to its width. */
export const fitInspector = beforePaint((/** @type {HTMLElement} */ root) => {
  fitFormulas(root);
  reachScrolls(root);
});

/**
 * @param {string} title @param {string | Node | null} aside @param {...(Node | null)} children
 */
export function section(title, aside, ...children) {
  return html('section', { class: 'inspector-section' },
    html('h3', { class: 'inspector-title' }, title, aside ? html('span', { class: 'inspector-aside' }, aside) : null), ...children);
}

/** Where a name may go on in the next line: behind a dot before a name, and behind a bracket that holds something. */
const BREAKS = /(?<=\.)(?=[\p{L}_])|(?<=[([])(?![)\]])/u;
/** A long word goes on behind an underscore. */
const LONG_WORD = 20;
/** Where a program's text may go on in the next line, if it has no blanks. */
const STOPS = /(?<=[\p{L}\p{N}][_.(,])(?=[\p{L}\p{N}])/u;
/** A longer name is written smaller, so that it mostly has room in a line. */
const LONG_NAME = 12;

/** @param {TensorState} tensor @param {Subject} subject */
function head(tensor, { state, source, pinButton, groups = [], onFold = () => {} }) {
  const kind = kindOf(tensor);
  const expression = textOf(source, tensor.span);
  const name = label(state, tensor.tensor);
  const grown = grownIn(state, tensor.producer);
  return html('div', { class: 'inspector-head' },
    html('div', { class: 'inspector-names' },
      html('h2', { class: 'inspector-name', 'data-long': name.length > LONG_NAME }, ...name.split(BREAKS).flatMap((part) => (part.length > LONG_WORD ? part.split(/(?<=_)(?=[^_])/) : [part])).flatMap((part) => [html('wbr'), part])),
      html('p', { class: 'inspector-kind', 'data-kind': kind }, t(`kind.${kind}`)),
      pinButton),
    expression !== '' && expression !== name ? html('p', { class: 'inspector-expression' }, html('code', {}, ...`= ${expression}`.split(STOPS).flatMap((part) => [html('wbr'), part]))) : null,
    grown === null ? null : html('p', { class: 'inspector-grown' }, t('inspector.grown', { number: grown + 1 })),
    groups.length === 0 ? null : html('div', { class: 'inspector-folds', role: 'group', 'aria-label': t('inspector.folds') }, ...groups.map((group) => html('button', {
      type: 'button', class: 'button fold-button', 'aria-pressed': String(group.closed), title: t(group.closed ? 'fold.open' : 'fold.close', { label: group.label }), onclick: () => onFold(group.key, !group.closed),
    }, icon('stack'), html('code', {}, group.label)))));
}

/** @param {TensorState} tensor @param {Subject} subject */
function gradientSection(tensor, subject) {
  const { state } = subject;
  const aside = (/** @type {string} */ text, /** @type {import('../state/causes.js').What} */ what) => html('span', {}, text, whyOf(tensor, what, subject));
  if (!tensor.requires_grad && !tensor.grad) {
    return section(t('inspector.gradient'), null, html('p', { class: 'value-none' }, t('inspector.noGradient')));
  }
  const parts = [];
  if (tensor.grad) parts.push(section('.grad', aside(t(tensor.is_leaf ? 'gradient.stored' : 'gradient.retained'), 'grad'), valueView(tensor.grad, { tone: 'gradient' })));
  if (tensor.flow && !(tensor.is_leaf && tensor.grad)) {
    const of = tensor.expected;
    const words = of > 1 ? t('gradient.contributions', { count: tensor.contributions.length, of }) : t(!tensor.is_leaf ? 'gradient.passing' : state.calls[tensor.call ?? -1]?.via === 'grad' ? 'gradient.returned' : 'gradient.arriving');
    parts.push(section(t('inspector.flow'), aside(words, 'flow'), valueView(tensor.flow, { tone: 'flow' })));
  }
  if (parts.length === 0) {
    const waiting = state.phase === 'backward' && tensor.expected > 0 && tensor.call === state.call;
    parts.push(section('.grad', null, html('p', { class: 'value-none' }, html('code', {}, 'None'),
      waiting ? t('gradient.waiting', { count: tensor.expected }) : tensor.is_leaf ? '' : t('gradient.notKept'))));
  }
  return parts.length === 1 ? parts[0] : html('div', {}, ...parts);
}

/** @param {import('../state/types.js').FunctionState} producer @param {Subject} subject */
function savedSection(producer, { state, ops }) {
  const inputs = ops.get(producer.op)?.inputs ?? [];
  return section(t('inspector.saved'), producer.freed ? t('saved.freed') : null,
    producer.saved.length === 0 ? html('p', { class: 'value-none' }, t('saved.none'))
      : html('ul', { class: 'lamps' }, ...producer.saved.map((name) => {
        const at = inputs.indexOf(name);
        const id = name === 'result' ? producer.outputs[0] : at >= 0 ? producer.inputs[at] : null;
        const known = id === null || id === undefined ? '' : label(state, id);
        return html('li', { class: 'lamp', 'data-freed': producer.freed }, html('code', {}, name),
          known !== '' && known !== name ? html('span', { class: 'lamp-name' }, known) : null);
      })));
}

/** @param {TensorState} tensor @param {import('../state/types.js').FunctionState | undefined} producer @param {Subject} subject */
function flagsSection(tensor, producer, subject) {
  const { button, told } = needWays(tensor, subject);
  /** @type {[string, string][]} */
  const rows = [
    ['is_leaf', tensor.is_leaf ? 'True' : 'False'],
    ['requires_grad', tensor.requires_grad ? 'True' : 'False'],
    ['grad_fn', producer?.name ?? 'None'],
    ...(tensor.is_leaf ? [] : /** @type {[string, string][]} */ ([['retains_grad', tensor.retains_grad ? 'True' : 'False']])),
    ['_version', String(tensor.version)],
  ];
  return section(t('inspector.flags'), null, html('dl', { class: 'flags' },
    ...rows.map(([name, value]) => html('div', { class: 'flag' }, html('dt', {}, html('code', {}, name)), html('dd', {}, name === 'requires_grad' ? button : null, html('code', {}, value))))), told);
}
