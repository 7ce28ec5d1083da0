import { svg } from './dom.js';

/** Paths on a 20 by 20 grid; `fill:` marks those that are filled and not stroked. */
const PATHS = {
  first: ['M5.5 5v10', 'fill:M15 5.2v9.6L7.6 10z'],
  back: ['M12.5 5 7.5 10l5 5'],
  play: ['fill:M7 4.6v10.8L15.6 10z'],
  pause: ['fill:M6 4.8h2.8v10.4H6z', 'fill:M11.2 4.8H14v10.4h-2.8z'],
  stop: ['fill:M5.5 5.5h9v9h-9z'],
  forward: ['M7.5 5l5 5-5 5'],
  last: ['M14.5 5v10', 'fill:M5 5.2v9.6l7.4-4.8z'],
  sun: ['M10 6.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4z', 'M10 2.6v1.6M10 15.8v1.6M2.6 10h1.6M15.8 10h1.6M4.8 4.8l1.1 1.1M14.1 14.1l1.1 1.1M15.2 4.8l-1.1 1.1M5.9 14.1l-1.1 1.1'],
  moon: ['M15.8 11.9A6.4 6.4 0 0 1 8.1 4.2a6.4 6.4 0 1 0 7.7 7.7z'],
  projector: ['M3 4.5h14M4.5 4.5v8h11v-8M10 12.5v3M7 16.5l3-2.5 3 2.5'],
  present: ['M3 4.5h14v9H3z', 'M7.5 16.5h5'],
  share: ['M8.2 11.8l3.6-3.6', 'M9.4 6.4l1.5-1.5a3 3 0 0 1 4.2 4.2l-1.5 1.5', 'M10.6 13.6l-1.5 1.5a3 3 0 0 1-4.2-4.2l1.5-1.5'],
  export: ['M10 3.5v9', 'M6.5 9.2 10 12.7l3.5-3.5', 'M4 16.2h12'],
  more: ['fill:M4 8.8h2.4v2.4H4zM8.8 8.8h2.4v2.4H8.8zM13.6 8.8H16v2.4h-2.4z'],
  help: ['M7.6 7.6a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.9-1.2 1.8', 'M10 14.3v.4'],
  plus: ['M10 4.8v10.4M4.8 10h10.4'],
  minus: ['M4.8 10h10.4'],
  fit: ['M4 7.5V4h3.5M12.5 4H16v3.5M16 12.5V16h-3.5M7.5 16H4v-3.5'],
  table: ['M3.5 4.5h13v11h-13z', 'M3.5 8.2h13M3.5 11.8h13M8 4.5v11'],
  graph: ['M3.2 4.6h4.6v3.6H3.2zM3.2 11.8h4.6v3.6H3.2zM12.2 8.2h4.6v3.6h-4.6z', 'M7.8 6.4c2.6 0 1.8 3.6 4.4 3.6M7.8 13.6c2.6 0 1.8-3.6 4.4-3.6'],
  pencil: ['M4.2 15.8l.9-3.7 7.9-7.9 2.8 2.8-7.9 7.9z', 'M11.2 6l2.8 2.8'],
  search: ['M9 4.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6z', 'M12.6 12.6l3.6 3.6'],
  nodes: ['M14.5 6.2a2 2 0 1 0 .01 0zM14.5 11.8a2 2 0 1 0 .01 0zM4.9 8.4a2 2 0 1 0 .01 0z', 'M6.9 9.6l5.6-1.2M6.9 11.2l5.6 2'],
  dual: ['M3.5 6.5h11M11.6 3.6l3 2.9-3 2.9', 'M16.5 13.5h-11M8.4 10.6l-3 2.9 3 2.9'],
  pin: ['M7 3.5h6M8 3.5v5l-2 2.8h8L12 8.5v-5M10 11.3v5.2'],
  book: ['M10 5.2C8.4 4.2 6.4 3.9 3.6 4.1v10.6c2.8-.2 4.8.1 6.4 1.1 1.6-1 3.6-1.3 6.4-1.1V4.1C13.6 3.9 11.6 4.2 10 5.2z', 'M10 5.2v10.6'],
  chevron: ['M6 8l4 4 4-4'],
  close: ['M5.5 5.5l9 9M14.5 5.5l-9 9'],
  language: ['M10 3.2a6.8 6.8 0 1 0 0 13.6 6.8 6.8 0 0 0 0-13.6z', 'M3.2 10h13.6', 'M10 3.2c2.2 2 3 4.3 3 6.8s-.8 4.8-3 6.8c-2.2-2-3-4.3-3-6.8s.8-4.8 3-6.8z'],
  check: ['M4.8 10.4l3.4 3.4 7-7.4'],
  fold: ['M3.5 4.5h13v11h-13z', 'M8 4.5v11'],
  stack: ['M4 8.5h9.5v7H4z', 'M6.5 8.5V6h9.5v7h-2.5'],
  compare: ['M3.5 4h13v5h-13zM3.5 11h13v5h-13z', 'M12.6 5.4v2.2M12.6 13.6h2.2'],
  broken: ['M6.5 13.5l-1.6 1.6a2.6 2.6 0 0 1-3.2-3.6M13.5 6.5l1.6-1.6a2.6 2.6 0 0 1 3.2 3.6', 'M7.5 4.5v-2M4.5 7.5h-2M12.5 15.5v2M15.5 12.5h2M8 8l4 4'],
  queue: ['M3.5 7.5h3.6v5H3.5zM8.2 7.5h3.6v5H8.2zM12.9 7.5h3.6v5h-3.6z', 'M6.5 4.6H3.5M4.8 3.2 3.4 4.6l1.4 1.4'],
  target: ['M3.5 10h8M8.6 7l3 3-3 3', 'M15.8 4.5v11'],
  side: ['M3.5 4.5h13v11h-13z', 'M12 4.5v11'],
};

/** @typedef {keyof typeof PATHS} IconName */

/**
 * A decorative icon, drawn in the colour of the text beside it.
 * @param {IconName} name
 */
export function icon(name) {
  return svg('svg', { class: 'icon', viewBox: '0 0 20 20', 'aria-hidden': 'true', focusable: 'false' },
    ...PATHS[name].map((path) => path.startsWith('fill:')
      ? svg('path', { d: path.slice(5), fill: 'currentColor' })
      : svg('path', { d: path, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' })));
}
