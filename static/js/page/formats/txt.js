import { sentence } from '../../state/sentences.js';
import { rangeOf } from '../films.js';

/** @type {import('../exports.js').Format} */
export const FORMAT = {
  name: 'txt',
  kind: 'text',
  label: { en: 'Transcript', 'zh-CN': '文字稿' },
  shows: {},
  takes: ['language', 'range'],
  /** The program, then what is said of each of its steps, a line a step. */
  async make(subject, options) {
    const { trace, source, title } = subject;
    const t = await subject.translate(options.language);
    const { from, to } = rangeOf(subject, options);
    const told = trace.steps.slice(from, to + 1).map((step) => sentence(trace, step.index, t));
    return new Blob([[title, source.trimEnd(), told.join('\n'), await subject.link(trace.steps[to].to)].filter((part) => part !== '').join('\n\n'), '\n'], { type: 'text/plain;charset=utf-8' });
  },
};
