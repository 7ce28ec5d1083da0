import { PICTURED, drawn } from '../figures.js';

/** @type {import('../exports.js').Format} */
export const FORMAT = {
  name: 'svg',
  kind: 'picture',
  label: { en: 'Picture, SVG', 'zh-CN': 'SVG 图片' },
  shows: PICTURED,
  takes: ['show', 'theme', 'language', 'rows', 'transparent'],
  async make(subject, options) {
    return new Blob([await drawn(subject, options)], { type: 'image/svg+xml' });
  },
};
