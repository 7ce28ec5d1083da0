import { fromServer } from '../exports.js';
import { standing } from '../figures.js';
import { html } from '../dom.js';

const MILLIMETRES = { a4: [297, 210], letter: [279.4, 215.9], slide: [338.7, 190.5] };
const PIXEL = 25.4 / 96;
const MARGIN = 10;

/** @type {import('../exports.js').Format} */
export const FORMAT = {
  name: 'pdf',
  kind: 'picture',
  label: { en: 'Picture, PDF', 'zh-CN': '图片 PDF' },
  takes: ['view', 'theme', 'language', 'paper'],
  make: (subject, options) => fromServer(subject, 'pdf', options),
  /** The browser's own way to PDF: the figure alone is printed, every line and letter as such. */
  async act(subject, options) {
    const figure = await standing(subject, { ...options, transparent: true });
    const [width, height] = MILLIMETRES[/** @type {'a4'} */ (options.paper)] ?? [figure.width * PIXEL + 2 * MARGIN, figure.height * PIXEL + 2 * MARGIN];
    const picture = html('div', { class: 'print-figure' }, figure.picture);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`@page { size: ${width.toFixed(1)}mm ${height.toFixed(1)}mm; margin: ${MARGIN}mm }`);
    document.body.append(picture);
    document.documentElement.toggleAttribute('data-print-figure', true);
    document.adoptedStyleSheets.push(sheet);
    try {
      print();
    } finally {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
      document.documentElement.removeAttribute('data-print-figure');
      picture.remove();
    }
  },
};
