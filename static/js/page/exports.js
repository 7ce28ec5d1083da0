import { t } from './language.js';

/**
 * What can be taken away. Pictures are what is on the stage at this step; texts come from the server, which folds the same trace.
 * @typedef {{format: string, label: string, from: 'stage' | 'server', extension: string}} Format
 */

/** @type {readonly Format[]} */
export const FORMATS = [
  { format: 'svg', label: 'SVG', from: 'stage', extension: 'svg' },
  { format: 'png', label: 'PNG', from: 'stage', extension: 'png' },
  { format: 'dot', label: 'Graphviz DOT', from: 'server', extension: 'dot' },
  { format: 'mmd', label: 'Mermaid', from: 'server', extension: 'mmd' },
  { format: 'tex', label: 'TikZ', from: 'server', extension: 'tex' },
  { format: 'jsonl', label: 'JSON Lines', from: 'server', extension: 'jsonl' },
];

/**
 * The file of a format as a Blob; an Error with a sentence where it cannot be made.
 * @param {string} format
 * @param {{stage: any, run: string | null, cursor: number, options?: {scale?: number, at?: number}}} sources
 * @returns {Promise<Blob>}
 */
export async function exportAs(format, { stage, run, cursor, options = {} }) {
  if (format === 'svg') return new Blob([await stage.svg(options)], { type: 'image/svg+xml' });
  if (format === 'png') {
    const made = await stage.png(options.scale ?? 2, options);
    return made instanceof Blob ? made : new Blob([made], { type: 'image/png' });
  }
  const server = FORMATS.some((one) => one.format === format && one.from === 'server') || format === 'pdf';
  if (!server) throw new Error(t('export.unknown', { format }));
  if (run === null) throw new Error(t('export.noRun'));
  const address = `/api/runs/${encodeURIComponent(run)}/`;
  const response = await fetch(format === 'jsonl' ? `${address}trace.jsonl` : `${address}figure.${format}?at=${options.at ?? cursor}`);
  if (!response.ok) {
    const body = await response.json().catch(() => null);
    throw new Error(body?.error?.message ?? t('export.failed', { format }));
  }
  return response.blob();
}

/** Hands a file to the person. @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A file name of plain letters. @param {string} stem @param {string} extension */
export function fileName(stem, extension) {
  return `${stem.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40) || 'gradlight'}.${extension}`;
}
