import { number } from '../state/format.js';
import { gradientSeries, scalarSeries } from '../state/series.js';
import { barChart, lineChart } from './chart.js';
import { fill, html } from './dom.js';
import { onLanguage, t } from './language.js';

/** @typedef {import('../state/series.js').Series} Series */

const MOST_CHARTS = 6;

/**
 * What changes over the run: every scalar that a variable took more than once, and the size of each leaf's gradient.
 * @param {HTMLElement} root @param {{page: import('./session.js').PageStore, ops: import('./ops.js').OpTable, onSeek: (seq: number) => void}} parts
 */
export function createPlots(root, { page, ops, onSeek }) {
  /** @type {import('./chart.js').Drawn[]} */
  let charts = [];
  /** Fetched once plots are looked at. @type {typeof import('./memory.js') | null} */
  let memory = null;

  /** @param {Series} one */
  const words = (one) => (one.points.length === 0 ? `${one.name} –` : t('plots.point', { name: one.name, value: number(one.points[one.points.length - 1].y) }));

  function build() {
    const { trace, predicting, cursor, last } = page.value;
    if (predicting && cursor < last) {
      charts = [];
      fill(root, [html('p', { class: 'panel-empty' }, t('predict.hidden'))]);
      return;
    }
    if (memory === null) {
      void import('./memory.js').then((found) => {
        memory = found;
        if (page.value.tab === 'plots') build();
      });
    }
    const held = trace.last < 0 ? null : memory?.memoryChart(trace, ops, onSeek) ?? null;
    const scalars = scalarSeries(trace).slice(0, MOST_CHARTS);
    const gradients = gradientSeries(trace);
    const often = gradients.filter((one) => one.points.length > 1);
    charts = [
      ...scalars.map((one) => lineChart({ series: [one], title: one.name, words, onSeek })),
      ...(often.length > 0 ? [lineChart({ series: often.slice(0, 4), title: t('plots.gradients'), words, logarithmic: true, onSeek })] : []),
      ...(gradients.length > 0 ? [barChart({ series: gradients, title: t('plots.layers'), onSeek })] : []),
      ...(held ? [held] : []),
    ];
    fill(root, charts.length === 0 ? [html('p', { class: 'panel-empty' }, t('plots.none'))] : [
      ...charts.map((chart) => chart.element),
      scalars.length === 0 ? html('p', { class: 'panel-note' }, t('plots.once')) : null,
    ]);
    move();
  }
  const move = () => charts.forEach((chart) => chart.move(page.value.cursor));

  page.subscribe((value, changed) => {
    if (value.tab !== 'plots') return;
    if (changed.has('trace') || changed.has('tab') || changed.has('predicting') || (value.predicting && changed.has('cursor'))) build();
    else if (changed.has('cursor')) move();
  });
  onLanguage(() => {
    if (page.value.tab === 'plots') build();
  });
}
