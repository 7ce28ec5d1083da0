import { openDialog } from './dialog.js';
import { html } from './dom.js';
import { icon } from './icons.js';
import { t } from './language.js';
import { note } from './notes.js';

const LOOPBACK = /^(localhost|127\.|\[::1\])/;
const MOST_QR = 1200;

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    note(t('share.copied'));
  } catch {
    note(t('share.address'));
  }
}

/** A text to copy, with what it is for. @param {string} name @param {string} text @param {'input' | 'textarea'} kind */
function row(name, text, kind) {
  const field = kind === 'input' ? html('input', { type: 'text', readonly: true, value: text }) : html('textarea', { readonly: true, rows: 3 }, text);
  field.id = `share-${name}`;
  field.className = 'share-text';
  field.addEventListener('focus', () => field.select());
  return html('div', { class: 'share-row' }, html('label', { for: field.id }, t(`share.${name}`)), field,
    html('button', { type: 'button', class: 'button', 'data-share': name, onclick: () => void copy(text) }, icon('share'), t('export.copy')),
    html('p', { class: 'share-note' }, t(`share.${name}.note`)));
}

/** The part of a page that shows this one in a frame. @param {string} address @param {string} title */
export function embedCode(address, title) {
  const url = new URL(address);
  url.searchParams.set('embed', '1');
  const quoted = (/** @type {string} */ text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<iframe src="${quoted(url.href)}" title="${quoted(title)}" width="100%" height="560" style="border:0" loading="lazy" allowfullscreen></iframe>`;
}

/**
 * The ways to hand this program on at this step.
 * @param {{whole: string | null, short: string | null, title: string}} addresses `whole` carries the program in itself, `short` names a run that the server keeps
 */
export function openShare({ whole, short, title }) {
  const scanned = short ?? whole;
  openDialog({
    title: t('share.title'), kind: 'share',
    body: () => [html('div', { class: 'share' },
      html('div', { class: 'share-rows' },
        whole === null ? html('p', { class: 'share-note' }, t('share.long')) : row('whole', whole, 'input'),
        short === null ? null : row('short', short, 'input'),
        scanned === null ? null : row('embed', embedCode(scanned, `Gradlight: ${title}`), 'textarea')),
      scanned === null || scanned.length > MOST_QR ? null : html('figure', { class: 'share-code' },
        html('img', { src: `/api/qr.svg?${new URLSearchParams({ address: scanned })}`, alt: t('share.code'), width: 240, height: 240 }),
        html('figcaption', { class: 'share-note' }, t(LOOPBACK.test(location.host) ? 'share.code.here' : 'share.code.note'))))],
  });
}
