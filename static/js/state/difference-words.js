// What is said of a difference between two runs, in the chosen language.

import { closed, described } from './phrases.js';
import { opName } from './symbols.js';

/** @typedef {import('./differences.js').Difference} Difference */
/** @typedef {import('./differences.js').Facet} Facet */
/** @typedef {import('./phrases.js').Translate} Translate */

/** Of a long error the first sentence is enough. @param {string} text */
const brief = (text) => text.split(/(?<=[.?!]) |\n/)[0].replace(/\.$/, '');

/** @param {Difference} difference @param {Translate} t @returns {string} */
export function differenceSentence(difference, t) {
  switch (difference.kind) {
    case 'tensor':
      return closed(t('compare.about', { name: difference.name, text: difference.facets.map((facet) => facetText(facet, t)).join(t('list.clause')) }), t);
    case 'order':
      return closed(t('compare.order', { call: difference.call + 1, name: difference.name, other: difference.other }), t);
    case 'ended':
      return closed(difference.after === null ? t('compare.ended.well', { before: brief(difference.before ?? '') }) : difference.before === null ? t('compare.ended.badly', { after: brief(difference.after) })
        : t('compare.ended', { before: brief(difference.before), after: brief(difference.after) }), t);
    case 'printed':
      return closed(t('compare.printed', { before: difference.before || t('compare.nothing'), after: difference.after || t('compare.nothing') }), t);
  }
}

/** @param {Facet} facet @param {Translate} t */
function facetText({ aspect, name = '', before, after }, t) {
  const word = (/** @type {Facet['before']} */ value) => (value === null ? t('value.none') : typeof value === 'string' ? value : described(value, t));
  switch (aspect) {
    case 'added':
    case 'removed':
      return t(`compare.${aspect}`, { value: word(aspect === 'added' ? after : before) });
    case 'op':
      return before === null || after === null ? t(before === null ? 'compare.op.new' : 'compare.op.gone', { op: opName(String(before ?? after)) }) : t('compare.op', { before: opName(String(before)), after: opName(String(after)) });
    case 'flag':
      return t('compare.flag', { name, before: word(before), after: word(after) });
    default:
      return t(`compare.${aspect}`, { before: word(before), after: word(after) });
  }
}
