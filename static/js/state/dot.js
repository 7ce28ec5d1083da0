// A drawing in Graphviz's language, from what Graphviz itself read of it.

/** @typedef {import('./mermaid.js').Drawing} Drawing */

/**
 * @param {{objects?: {_gvid: number, name: string, label?: string, nodes?: number[], style?: string}[], edges?: {tail: number, head: number, label?: string, style?: string, dir?: string}[]}} read Graphviz's `dot_json`
 * @returns {Drawing}
 */
export function drawingFrom({ objects = [], edges = [] }) {
  const nodes = objects.filter((object) => object.nodes === undefined && !object.name.startsWith('cluster'));
  const names = new Map(nodes.map(({ _gvid, name }) => [_gvid, name]));
  const plain = (/** @type {string} */ label, /** @type {string} */ name) => label.replace(/<br\s*\/?>|<\/tr>|<\/td>/gi, '\n').replace(/<\/?[a-z][^>]*>/gi, '').replaceAll('\\N', name)
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Math.min(Number(code), 0x10ffff))).replace(/&(quot|amp|lt|gt|nbsp);/g, (_, entity) => ({ quot: '"', amp: '&', lt: '<', gt: '>', nbsp: ' ' })[/** @type {'amp'} */ (entity)]);
  return {
    nodes: nodes.map(({ name, label = '\\N' }) => ({ id: name, label: plain(label, name) })),
    edges: edges.flatMap(({ tail, head, label = '', dir, style }) => {
      const [from, to] = [names.get(tail), names.get(head)];
      if (from === undefined || to === undefined || /\binvis\b/.test(style ?? '')) return [];
      return [dir === 'back' ? { from: to, to: from, label } : { from, to, label }];
    }),
  };
}
