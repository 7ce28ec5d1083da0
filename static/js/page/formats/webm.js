import { video } from '../video.js';

/** @type {import('../exports.js').Format} */
export const FORMAT = {
  name: 'webm',
  kind: 'film',
  label: { en: 'Film, WebM', 'zh-CN': '视频 WebM' },
  takes: ['view', 'theme', 'language', 'range', 'speed', 'width'],
  make: (subject, options) => video(subject, options, 'webm'),
};
