/**
 * The legend: only what the picture holds.
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./picture.js').Translate} Translate
 */
import { svg } from './svg.js';

/** @type {Map<string, () => SVGElement[]>} */
const SAMPLES = new Map([
  ['leaf', () => [card('leaf', svg('rect', { class: 'card-inner', x: 2.5, y: 2.5, width: 17, height: 9, rx: 2 }))]],
  ['computed', () => [card('computed')]],
  ['constant', () => [card('constant')]],
  ['untracked', () => [card('untracked')]],
  ['node', () => [card('node')]],
  ['accumulate', () => [card('accumulate')]],
  ['next', () => [svg('path', { class: 'edge', d: 'M6 7h16' }), svg('path', { class: 'edge-arrow', d: 'M0 7l9-4.4v8.8z' })]],
  ['climbs', () => [svg('path', { class: 'edge', 'data-climbs': 'yes', d: 'M0 12h4C14 12 8 2 18 2h4' })]],
  ['view', () => [svg('path', { class: 'edge', 'data-kind': 'view', d: 'M0 7h22' })]],
  ['lane', () => [svg('path', { class: 'lane-line', d: 'M8 7h14', 'stroke-width': 3, 'stroke-dasharray': '6 2' }), svg('path', { class: 'lane-arrow', d: 'M0 7l8-4.5v9z' })]],
  ['tangent', () => [svg('g', { class: 'lane', 'data-along': 'yes' }, [svg('path', { class: 'lane-line', d: 'M0 7h14', 'stroke-width': 3 }), svg('path', { class: 'lane-arrow', d: 'M22 7l-8-4.5v9z' })])]],
  ['lamp', () => [svg('g', { class: 'lamp', 'data-lit': 'yes' }, [svg('circle', { cx: 11, cy: 7, r: 3.5 })])]],
  ['freed', () => [svg('g', { class: 'lamp', 'data-lit': 'no' }, [svg('circle', { cx: 11, cy: 7, r: 3.5 }), svg('path', { d: 'M6.5 11.5l9-9' })])]],
]);

/** @param {string} kind @param {...SVGElement} more */
function card(kind, ...more) {
  return svg('g', { class: 'card', 'data-kind': kind }, [svg('rect', { class: 'card-frame', x: 0, y: 0, width: 22, height: 14, rx: 4 }), ...more]);
}

/** What the picture holds, as keys of the legend. @param {Picture} picture @param {import('./graph.js').Graph} graph */
export function legendKeys(picture, graph) {
  const cards = [...picture.cards.values()].filter((item) => item.visible);
  const lamps = [...picture.badges.values()].filter((item) => item.visible).flatMap((item) => item.lamps).concat(cards.flatMap((item) => item.saved ?? []));
  const kinds = new Set(cards.map((item) => item.kind));
  const views = graph.edges.some((edge) => edge.kind === 'view' && !edge.cut && picture.edges.get(edge.id)?.visible);
  const lanes = [...picture.edges.values()].flatMap((item) => (item.visible && item.lane ? [item.lane.along === true] : []));
  /** @type {[string, boolean][]} */
  const present = [
    ['leaf', kinds.has('leaf')],
    ['computed', kinds.has('computed')],
    ['constant', kinds.has('constant')],
    ['untracked', kinds.has('untracked')],
    ['node', kinds.has('node')],
    ['accumulate', kinds.has('accumulate')],
    ['next', graph.backward && graph.edges.some((edge) => picture.edges.get(edge.id)?.visible)],
    ['view', views],
    ['climbs', graph.edges.some((edge) => edge.climbs && picture.edges.get(edge.id)?.visible)],
    ['lamp', lamps.some((lamp) => lamp.lit)],
    ['freed', lamps.some((lamp) => !lamp.lit)],
    ['lane', lanes.includes(false)],
    ['tangent', lanes.includes(true)],
  ];
  return present.flatMap(([key, is]) => (is ? [key] : []));
}

/** @param {HTMLElement} list @param {string[]} keys @param {Translate} translate */
export function drawLegend(list, keys, translate) {
  const texts = keys.map((key) => translate(`stage.legend.${key}`));
  if (list.dataset.shown === texts.join()) return;
  list.dataset.shown = texts.join();
  list.replaceChildren(...keys.map((key) => {
    const item = document.createElement('li');
    const sample = svg('svg', { width: 22, height: 14, viewBox: '0 0 22 14', 'aria-hidden': 'true' }, SAMPLES.get(key)?.() ?? []);
    item.append(sample, translate(`stage.legend.${key}`));
    return item;
  }));
}
