// Reading an author's Mermaid flow chart: its nodes with their labels, and its edges. Styles, classes and clicks are passed over.

/** @typedef {{id: string, label: string}} DrawnNode */
/** @typedef {{from: string, to: string, label: string}} DrawnEdge */
/** @typedef {{nodes: DrawnNode[], edges: DrawnEdge[]}} Drawing */

const HEADER = /^\s*(?:flowchart(?:-elk)?|graph)(?:\s+(?:TB|TD|BT|RL|LR|[<>^v]))?\s*(?:;|$)/m;
const ID = /[^\s[\](){}<>|&;:"@%-](?:[^\s[\](){}<>|&;:"@]*[^\s[\](){}<>|&;:"@.=-])?/y;
/** What opens a shape, and what closes it; longer ones first. */
const SHAPES = [['(((', ')))'], ['((', '))'], ['([', '])'], ['[[', ']]'], ['[(', ')]'], ['[/', '/]', '\\]'], ['[\\', '\\]', '/]'], ['{{', '}}'], ['(', ')'], ['[', ']'], ['{', '}'], ['>', ']']];
const PASSED = /^(?:style|linkStyle|classDef|class|click|direction|accTitle|accDescr|title)\b/;
/** A link without words, and one whose words stand inside it: `-- words -->`. */
const LINK = /\s*(?:[\w-]+@)?([<ox]?)(-{2,}[>xo-]|-\.+-?[>xo]?|={2,}[>xo=]|~{3,}|-{2,}|={2,})/y;
const WORDED = /\s*[<ox]?(--|-\.|==)(?![->=.])\s*("[^"]*"|[^"|]*?)\s*(-{2,}[>xo-]?|\.+-[>xo]?|={2,}[>xo=]?)/y;
const LABEL = /\s*\|\s*("[^"]*"|[^|"]*?)\s*\|/y;
const CLASS = /:::[\w-]+/y;
const ATTRIBUTES = /@\{([^}]*)\}/y;
const AND = /\s*&\s*/y;

/** Whether a text begins as a flow chart does. @param {string} text */
export const isMermaid = (text) => HEADER.test(bare(text)) && !/^\s*(?:strict\s+)?(?:di)?graph\b[^\n;]*\{/.test(bare(text));

/** Without front matter and comments. @param {string} text */
const bare = (text) => text.replace(/^\uFEFF?\s*```(?:mermaid)?|```\s*$/g, '').replace(/^\s*---\n[\s\S]*?\n---\n/, '').replace(/^\s*%%.*$/gm, '');

/**
 * @param {string} text
 * @returns {Drawing}
 * @throws {SyntaxError} at what is no statement of a flow chart
 */
export function readMermaid(text) {
  /** @type {Map<string, DrawnNode>} */
  const nodes = new Map();
  /** @type {DrawnEdge[]} */
  const edges = [];
  const body = bare(text).replace(HEADER, '');
  for (const statement of statementsOf(body)) {
    if (PASSED.test(statement) || statement === 'end' || /^subgraph\b/.test(statement)) continue;
    read(statement, nodes, edges);
  }
  return { nodes: [...nodes.values()], edges };
}

/** Lines and what semicolons part, but for those inside quotes and entities. @param {string} body */
function statementsOf(body) {
  return body.replace(/accDescr\s*\{[^}]*\}/g, '').split('\n').flatMap((line) => line.match(/(?:"[^"]*"|#\w+;|[^;"])+/g) ?? []).map((part) => part.trim()).filter((part) => part !== '');
}

/** @param {string} text @param {Map<string, DrawnNode>} nodes @param {DrawnEdge[]} edges */
function read(text, nodes, edges) {
  let at = 0;
  /** @param {RegExp} pattern */
  const take = (pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match;
  };
  /** @returns {never} */
  const fail = () => {
    throw new SyntaxError(text.slice(at, at + 40) || text);
  };

  function node() {
    const id = take(ID)?.[0] ?? fail();
    let label = shape();
    const attributes = take(ATTRIBUTES);
    if (attributes) label = /label:\s*"([^"]*)"/.exec(attributes[1])?.[1] ?? label;
    take(CLASS);
    const known = nodes.get(id);
    if (!known) nodes.set(id, { id, label: label === null ? id : plain(label) });
    else if (label !== null) known.label = plain(label);
    return id;
  }

  /** The words inside a node's shape; null where it has none. @returns {string | null} */
  function shape() {
    for (const [open, ...closings] of SHAPES) {
      if (!text.startsWith(open, at)) continue;
      const quoted = text[at + open.length] === '"' ? text.indexOf('"', at + open.length + 1) + 1 : at + open.length;
      const ends = closings.map((close) => [text.indexOf(close, quoted), close.length]).filter(([end]) => end >= 0).sort((one, other) => one[0] - other[0]);
      if (ends.length === 0) continue;
      const words = text.slice(at + open.length, ends[0][0]);
      at = ends[0][0] + ends[0][1];
      return words;
    }
    return null;
  }

  function group() {
    const ids = [node()];
    while (take(AND)) ids.push(node());
    return ids;
  }

  let from = group();
  while (at < text.length && text.slice(at).trim() !== '') {
    const worded = take(WORDED);
    const link = worded ?? take(LINK) ?? fail();
    const label = worded ? worded[2] : take(LABEL)?.[1] ?? '';
    take(/\s*/y);
    const to = group();
    if (!link[0].includes('~~~')) for (const one of from) for (const other of to) edges.push({ from: one, to: other, label: plain(label) });
    from = to;
  }
}

/** Quotes and what nobody sees off, entities and line breaks as what they stand for. @param {string} label */
function plain(label) {
  return label.replaceAll('\u200b', '').trim().replace(/^"([\s\S]*)"$/, '$1').replace(/^`([\s\S]*)`$/, '$1').replace(/<br\s*\/?>/gi, '\n').replace(/<\/?[a-z][^>]*>/gi, '')
    .replace(/#(\d+);/g, (_, code) => String.fromCodePoint(Math.min(Number(code), 0x10ffff))).replace(/#(quot|amp|lt|gt);/g, (_, name) => ({ quot: '"', amp: '&', lt: '<', gt: '>' })[/** @type {'amp'} */ (name)]).trim();
}
