import { fill, html } from '../page/dom.js';

/**
 * The program's text, its running lines marked.
 * @param {HTMLElement} root @param {string} source
 */
export function createProgram(root, source) {
  const lines = source.replace(/\n$/, '').split('\n').map((text) => html('li', { class: 'program-line' }, html('code', {}, text === '' ? ' ' : text)));
  fill(root, source === '' ? [] : [html('ol', { class: 'program-lines', 'data-scroll': true, tabindex: 0 }, ...lines)]);
  return {
    /** @param {ReadonlyMap<number, string>} phases by line, from 1 */
    mark(phases) {
      lines.forEach((line, index) => {
        const phase = phases.get(index + 1);
        if (phase === undefined) line.removeAttribute('data-phase');
        else line.setAttribute('data-phase', phase);
      });
      const first = lines[Math.min(...phases.keys()) - 1];
      const list = first?.parentElement;
      if (first && list && (first.offsetTop < list.scrollTop || first.offsetTop + first.offsetHeight > list.scrollTop + list.clientHeight)) list.scrollTop = first.offsetTop - list.clientHeight / 2;
    },
  };
}
