import { PICTURED } from '../figures.js';
import { video } from '../video.js';

/** @type {import('../exports.js').Format} */
export const FORMAT = {
  name: 'webm',
  kind: 'film',
  label: { en: 'Film, WebM', 'zh-CN': 'WebM 视频' },
  shows: PICTURED,
  takes: ['show', 'theme', 'language', 'rows', 'range', 'speed', 'width'],
  make: (subject, options) => video(subject, options, 'webm'),
};
