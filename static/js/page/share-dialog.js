import { openDialog } from './dialog.js';
import { html } from './dom.js';
import { icon } from './icons.js';
import { t } from './language.js';
import { note } from './notes.js';

const LOOPBACK = /^(localhost|127\.|\[::1\])/;
const MOST_QR = 1200;
/** Longer addresses are cut in mail and chat. */
const MOST_LINK = 2048;

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
function embedCode(address, title) {
  const url = new URL(address);
  url.searchParams.set('embed', '1');
  const quoted = (/** @type {string} */ text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<iframe src="${quoted(url.href)}" title="${quoted(title)}" width="100%" height="560" style="border:0" loading="lazy" allowfullscreen></iframe>`;
}

/**
 * The ways to hand this program on at this step.
 * @param {{whole: string | null, short: string | null, room: string, title: string}} addresses `whole` carries the program in itself, `short` names a run that the server
 *   keeps, `room` is where a class comes together: this page with no program of its own
 * @param {() => void} onFile the program is to be handed on as a file
 */
export function openShare({ whole, short, room, title }, onFile) {
  const scanned = short ?? whole;
  const codes = /** @type {[string, string][]} */ ([[t('share.code.state'), scanned], [t('share.code.class'), room]].filter(([, address]) => address !== null && address.length <= MOST_QR));
  const long = whole === null || whole.length > MOST_LINK;
  openDialog({
    title: t('share.title'), kind: 'share',
    body: (close) => [html('div', { class: 'share' },
      html('div', { class: 'share-rows' },
        whole === null ? html('p', { class: 'share-note' }, t('share.long')) : row('whole', whole, 'input'),
        !long ? null : html('div', { class: 'share-file' }, html('p', { class: 'share-note' }, t('share.file.note')), html('button', {
          type: 'button', class: 'button', 'data-share': 'file', onclick: () => {
            close();
            onFile();
          },
        }, icon('export'), t('share.file'))),
        short === null ? null : row('short', short, 'input'),
        scanned === null ? null : row('embed', embedCode(scanned, `Gradlight: ${title}`), 'textarea')),
      html('div', { class: 'share-codes' }, ...codes.map(([name, address]) => html('figure', { class: 'share-code' },
        html('img', { src: `/api/qr.svg?${new URLSearchParams({ address })}`, alt: t('share.code', { name }), width: 200, height: 200 }),
        html('figcaption', { class: 'share-code-name' }, name))),
      html('p', { class: 'share-note' }, t(LOOPBACK.test(location.host) ? 'share.code.here' : 'share.code.note'))))],
  });
}
