/**
 * The legend: only what the picture holds, and only where it covers no card, no edge and no note.
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./picture.js').Translate} Translate
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {import('./geometry.js').Frame} Frame
 */
import { crosses, meet } from './curve.js';
import { widthOf } from './lane-width.js';
import { shortNumber } from './numbers.js';
import { svg } from './svg.js';

const SAMPLE = { width: 22, height: 14 };
const DIGITS = 4;

/** What a picture may hold, in the order of the legend. @type {Map<string, () => SVGElement[]>} */
const SAMPLES = new Map([
  ['leaf', () => [card('leaf', svg('rect', { class: 'card-inner', x: 2.5, y: 2.5, width: 17, height: 9, rx: 2 }))]],
  ['computed', () => [card('computed')]],
  ['constant', () => [card('constant')]],
  ['untracked', () => [card('untracked')]],
  ['node', () => [card('node')]],
  ['accumulate', () => [card('accumulate')]],
  ['next', () => [svg('path', { class: 'edge', d: 'M6 7h16' }), svg('path', { class: 'edge-arrow', d: 'M0 7l9-4.4v8.8z' })]],
  ['view', () => [svg('path', { class: 'edge', 'data-kind': 'view', d: 'M0 7h22' })]],
  ['climbs', () => [svg('path', { class: 'edge', 'data-climbs': 'yes', d: 'M0 12h4C14 12 8 2 18 2h4' })]],
  ['lamp', () => [svg('g', { class: 'lamp', 'data-lit': 'yes' }, [svg('circle', { cx: 11, cy: 7, r: 3.5 })])]],
  ['freed', () => [svg('g', { class: 'lamp', 'data-lit': 'no' }, [svg('circle', { cx: 11, cy: 7, r: 3.5 }), svg('path', { d: 'M6.5 11.5l9-9' })])]],
  ['lane', () => [svg('path', { class: 'lane-line', d: 'M8 7h14', 'stroke-width': 3, 'stroke-dasharray': '6 2' }), svg('path', { class: 'lane-arrow', d: 'M0 7l8-4.5v9z' })]],
  ['tangent', () => [svg('g', { class: 'lane', 'data-along': 'yes' }, [svg('path', { class: 'lane-line', d: 'M0 7h14', 'stroke-width': 3 }), svg('path', { class: 'lane-arrow', d: 'M22 7l-8-4.5v9z' })])]],
]);

/** @param {string} kind @param {...SVGElement} more */
function card(kind, ...more) {
  return svg('g', { class: 'card', 'data-kind': kind }, [svg('rect', { class: 'card-frame', x: 0, y: 0, width: 22, height: 14, rx: 4 }), ...more]);
}

/** What the picture holds, as keys of the legend. @param {Picture} picture @param {import('./graph.js').Graph} graph */
function legendKeys(picture, graph) {
  const found = new Set();
  const tell = (/** @type {import('./picture.js').Lamp[]} */ lamps) => lamps.forEach(({ lit }) => found.add(lit ? 'lamp' : 'freed'));
  for (const { visible, kind, saved } of picture.cards.values()) {
    if (!visible) continue;
    found.add(kind);
    if (saved) tell(saved);
  }
  for (const { visible, lamps } of picture.badges.values()) if (visible) tell(lamps);
  for (const { id, kind, cut, climbs } of graph.edges) {
    const item = picture.edges.get(id);
    if (!item?.visible) continue;
    if (graph.backward) found.add('next');
    if (kind === 'view' && !cut) found.add('view');
    if (climbs) found.add('climbs');
    if (item.lane) found.add(item.lane.along ? 'tangent' : 'lane');
  }
  return [...SAMPLES.keys()].filter((key) => found.has(key));
}

/**
 * The widths of lanes as a scale: a thin stretch for the least gradient of the scene, a thick one for the most.
 * @param {import('./lane-width.js').Scale} scale
 */
function scaleSample(scale) {
  const [thin, thick] = [scale.least, scale.most].map((magnitude) => widthOf(magnitude, scale));
  const half = SAMPLE.width / 2;
  return [svg('path', { class: 'lane-line', d: `M0 7h${half - 1}`, 'stroke-width': thin }), svg('path', { class: 'lane-line', d: `M${half + 1} 7h${half - 1}`, 'stroke-width': thick })];
}

/** @param {Frame} rect @param {Iterable<Frame>} frames */
function coversAny(rect, frames) {
  for (const { x, y, width, height } of frames) if (rect.x < x + width && x < rect.x + rect.width && rect.y < y + height && y < rect.y + rect.height) return true;
  return false;
}

/** Whether an edge goes through a part of the scene. @param {Frame} rect @param {import('./geometry.js').Geometry} geometry */
function meetsEdge({ x, y, width, height }, { curves, bounds }) {
  const part = { left: x, top: y, right: x + width, bottom: y + height };
  for (const [id, covered] of bounds) if (meet(covered, part) && crosses(curves.get(id) ?? [], part)) return true;
  return false;
}

/** @param {HTMLElement} container @param {Translate} translate @param {{view: import('./camera.js').Extent, scale: number}} camera */
export function createLegend(container, translate, camera) {
  const list = document.createElement('ul');
  list.className = 'legend';
  container.append(list);
  /** Where it stands in the container; kept, for to ask lays the page out. @type {Frame} */
  let place = { x: 0, y: 0, width: 0, height: 0 };
  let shown = '';
  /** @type {import('./geometry.js').Geometry | null} */
  let geometry = null;
  /** Where words stand beside the graph. @type {Frame[]} */
  let notes = [];

  /** Steps aside where it would cover a card, an edge or a note. */
  function avoid() {
    const { view, scale } = camera;
    const rect = { x: view.left + place.x / scale, y: view.top + place.y / scale, width: place.width / scale, height: place.height / scale };
    list.toggleAttribute('data-covers', geometry !== null && (coversAny(rect, geometry.cards.values()) || meetsEdge(rect, geometry) || coversAny(rect, notes)));
  }
  const observer = new ResizeObserver(() => {
    place = { x: list.offsetLeft, y: list.offsetTop, width: list.offsetWidth, height: list.offsetHeight };
    avoid();
  });
  observer.observe(list);
  observer.observe(container);

  return {
    avoid,
    /** @param {Picture} picture @param {Scene} scene */
    show(picture, { graph, scale, geometry: drawn }) {
      const boxes = picture.notes.map((note) => note.box);
      if (geometry !== drawn || boxes.length > 0 || notes.length > 0) {
        geometry = drawn;
        notes = boxes;
        avoid();
      }
      const [least, most] = [scale.least, scale.most].map((magnitude) => shortNumber(Number((10 ** magnitude).toPrecision(DIGITS))));
      const items = legendKeys(picture, graph).map((key) => (key === 'lane' && least !== most ? { text: translate('stage.legend.scale', { least, most }), sample: () => scaleSample(scale) } : { text: translate(`stage.legend.${key}`), sample: SAMPLES.get(key) }));
      const texts = items.map(({ text }) => text).join('\n');
      if (shown === texts) return;
      shown = texts;
      list.replaceChildren(...items.map(({ text, sample }) => {
        const item = document.createElement('li');
        item.append(svg('svg', { ...SAMPLE, viewBox: `0 0 ${SAMPLE.width} ${SAMPLE.height}`, 'aria-hidden': 'true' }, sample?.() ?? []), text);
        return item;
      }));
    },
    remove() {
      observer.disconnect();
      list.remove();
    },
  };
}
