import { webvtt } from '../../state/captions.js';
import { sentence } from '../../state/sentences.js';
import { timesOf } from '../films.js';
import { RATE } from '../video.js';

/** @type {import('../exports.js').Format} */
export const FORMAT = {
  name: 'vtt',
  kind: 'text',
  label: { en: 'Captions, WebVTT', 'zh-CN': 'WebVTT 字幕' },
  shows: {},
  takes: ['language', 'range', 'speed'],
  /** What is said of each step, for as long as the film of the same steps and speed shows it. */
  async make(subject, options) {
    const t = await subject.translate(options.language);
    const { steps, ends } = await timesOf(subject, options, RATE);
    const cues = steps.map(({ step, begins }, at) => ({ begins, ends: steps[at + 1]?.begins ?? ends, text: sentence(subject.trace, step, t) }));
    return new Blob([webvtt(cues)], { type: 'text/vtt;charset=utf-8' });
  },
};
