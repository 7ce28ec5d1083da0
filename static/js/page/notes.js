import { html, need } from './dom.js';

const SHOWN = { plain: 4000, fault: 9000 };

/** A short message that leaves by itself; a screen reader hears it. @param {string} text @param {'plain' | 'fault'} [tone] */
export function note(text, tone = 'plain') {
  const element = html('p', { class: 'note', 'data-tone': tone }, text);
  need('[data-notes]').replaceChildren(element);
  setTimeout(() => element.remove(), SHOWN[tone]);
}
