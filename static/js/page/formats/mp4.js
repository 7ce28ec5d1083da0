import { PICTURED } from '../figures.js';
import { video } from '../video.js';

/** @type {import('../exports.js').Format} */
export const FORMAT = {
  name: 'mp4',
  kind: 'film',
  label: { en: 'Film, MP4', 'zh-CN': 'MP4 视频' },
  shows: PICTURED,
  takes: ['show', 'theme', 'language', 'rows', 'range', 'speed', 'width'],
  make: (subject, options) => video(subject, options, 'mp4'),
};
