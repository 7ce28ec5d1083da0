import { PICTURED, painted } from '../figures.js';
import { withTexts } from '../png.js';

/** @type {import('../exports.js').Format} */
export const FORMAT = {
  name: 'png',
  kind: 'picture',
  label: { en: 'Picture, PNG', 'zh-CN': 'PNG 图片' },
  shows: PICTURED,
  takes: ['show', 'theme', 'language', 'rows', 'scale', 'transparent'],
  async make(subject, options) {
    const { canvas, how: { title, description, source } } = await painted(subject, options);
    const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob === null) throw new Error(subject.t('export.failed', { format: 'png' }));
    return withTexts(blob, { Title: title, Description: description, Software: 'Gradlight', ...(source === '' ? {} : { Source: source }) });
  },
};
