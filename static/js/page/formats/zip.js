import { sentence } from '../../state/sentences.js';
import { PICTURED, drawn } from '../figures.js';
import { rangeOf } from '../films.js';
import { zipped } from '../zip.js';

const MOST_FIGURES = 200;

/** @type {import('../exports.js').Format} */
export const FORMAT = {
  name: 'zip',
  kind: 'picture',
  label: { en: 'Numbered series, SVG', 'zh-CN': 'SVG 编号组图' },
  shows: PICTURED,
  takes: ['show', 'theme', 'language', 'rows', 'transparent', 'range'],
  /** A figure of each step with its number, and their captions, each with the address that opens it again. */
  async make(subject, options) {
    const { trace } = subject;
    const { from, to } = rangeOf(subject, options);
    if (to - from >= MOST_FIGURES) throw new Error(subject.t('export.series.long', { count: MOST_FIGURES }));
    const t = await subject.translate(options.language);
    const digits = String(trace.steps.length - 1).length;
    const files = [];
    const captions = [];
    for (const step of trace.steps.slice(from, to + 1)) {
      const name = `${String(step.index).padStart(digits, '0')}.svg`;
      files.push({ name, text: await drawn(subject, { ...options, at: step.to }) });
      captions.push([name, sentence(trace, step.index, t), await subject.link(step.to)].filter((part) => part !== '').join('\n'));
    }
    return new Blob([zipped([...files, { name: 'captions.txt', text: `${captions.join('\n\n')}\n` }])], { type: 'application/zip' });
  },
};
