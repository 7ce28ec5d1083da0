import { label } from '../state/labels.js';
import { sentences } from '../state/phrases.js';
import { differential, tangentsFrom } from '../state/tangents.js';
import { shortNumber } from '../stage/numbers.js';

/**
 * What forward mode from a leaf does in a step; the empty text where it does nothing.
 * @param {import('../state/trace.js').Trace} trace @param {number} index of the step @param {number} leaf @param {import('../i18n.js').Translate} t
 */
export function tangentSaid(trace, index, leaf, t) {
  const step = trace.steps[index];
  if (step.phase !== 'forward') return '';
  const scene = trace.scenes[step.scene];
  return trace.peek(scene.to, (state) => {
    const tangents = tangentsFrom(state, scene.index, leaf);
    return sentences(step.tensors.flatMap((tensor) => {
      const tangent = tangents.get(tensor);
      const made = state.tensors.get(tensor)?.seq ?? -1;
      if (typeof tangent?.value !== 'number' || made < step.from || made > step.to) return [];
      const sum = tangent.terms.map((term) => `${shortNumber(term.local)} × ${shortNumber(term.tangent)}`).join(' + ');
      const [name, value] = [label(state, tensor), shortNumber(tangent.value)];
      return [tensor === leaf ? t('modes.said.seed', { name: differential(name) }) : t('modes.said', { name: differential(name), sum, value })];
    }), t);
  });
}
