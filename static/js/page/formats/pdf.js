import { fromServer } from '../exports.js';
import { PICTURED, standing } from '../figures.js';
import { html } from '../dom.js';
import { MARGIN, PIXEL, sheetOf } from '../paper.js';

/** @type {import('../exports.js').Format} */
export const FORMAT = {
  name: 'pdf',
  kind: 'picture',
  label: { en: 'Picture, PDF', 'zh-CN': 'PDF 图片' },
  shows: PICTURED,
  takes: ['show', 'theme', 'language', 'rows', 'paper'],
  make: (subject, options) => fromServer(subject, 'pdf', options),
  /** The browser's own way to PDF: the figure alone is printed, every line and letter as such; bright figures on the paper's own white. */
  async act(subject, options) {
    const figure = await standing(subject, { ...options, transparent: true });
    const size = sheetOf(options.paper);
    const [width, height] = size ?? [figure.width * PIXEL, figure.height * PIXEL];
    const picture = html('div', { class: 'print-figure' }, figure.picture);
    picture.style.padding = size ? `${MARGIN}mm` : '0';
    const ground = options.theme === 'dark' ? figure.ground : 'white';
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`@page { size: ${width.toFixed(2)}mm ${height.toFixed(2)}mm; margin: 0 } @media print { :root, body { background: ${ground} !important; print-color-adjust: exact } }`);
    const { title } = document;
    document.title = figure.title; // which browsers write into the file, and call it by
    document.body.append(picture);
    document.documentElement.toggleAttribute('data-print-figure', true);
    document.adoptedStyleSheets.push(sheet);
    try {
      print();
    } finally {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
      document.documentElement.removeAttribute('data-print-figure');
      picture.remove();
      document.title = title;
    }
  },
};
