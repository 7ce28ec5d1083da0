/**
 * A TrueType font cut down to the glyphs of some letters. Glyphs keep their numbers; what is not needed has no outline. Variable fonts stay variable.
 * Source of the layout: the OpenType specification, tables head, maxp, loca, glyf, hmtx, cmap, gvar.
 */

const KEPT = ['OS/2', 'avar', 'cmap', 'fvar', 'glyf', 'gvar', 'head', 'hhea', 'hmtx', 'loca', 'maxp', 'name', 'post'];
const COMPOSITE = { words: 0x1, scale: 0x8, more: 0x20, both: 0x40, matrix: 0x80 };

/**
 * @param {ArrayBuffer} buffer a whole font with TrueType outlines
 * @param {Iterable<string>} letters
 * @returns {{bytes: Uint8Array<ArrayBuffer>, codes: number[]} | null} the font and the code points that it holds; null where it has none of the letters
 */
export function subsetFont(buffer, letters) {
  const font = tablesOf(buffer);
  const glyphs = glyphsOf(/** @type {DataView} */ (font.get('cmap')), letters);
  if (glyphs.size === 0) return null;
  const long = /** @type {DataView} */ (font.get('head')).getInt16(50) === 1;
  const places = offsetsOf(/** @type {DataView} */ (font.get('loca')), long);
  const wanted = withParts(new Set([0, ...glyphs.values()]), /** @type {DataView} */ (font.get('glyf')), places);
  const count = Math.max(...wanted) + 1;
  /** @type {Map<string, Uint8Array>} */
  const made = new Map();
  for (const tag of KEPT) {
    const table = font.get(tag);
    if (table) made.set(tag, bytesOf(table));
  }
  const [glyf, loca] = packed(/** @type {DataView} */ (font.get('glyf')), places, wanted, count);
  made.set('glyf', glyf).set('loca', loca).set('cmap', cmapOf(glyphs));
  const metrics = Math.min(new DataView(buffer, /** @type {DataView} */ (font.get('hhea')).byteOffset).getUint16(34), count);
  made.set('hmtx', bytesOf(/** @type {DataView} */ (font.get('hmtx'))).slice(0, metrics * 4 + (count - metrics) * 2));
  set16(made, 'hhea', 34, metrics);
  set16(made, 'maxp', 4, count);
  set16(made, 'head', 50, 1);
  set16(made, 'head', 8, 0);
  set16(made, 'head', 10, 0);
  const variations = font.get('gvar');
  if (variations) made.set('gvar', variationsOf(variations, wanted, count));
  return { bytes: fontOf(made), codes: [...glyphs.keys()] };
}

/** @param {ArrayBuffer} buffer @returns {Map<string, DataView>} */
function tablesOf(buffer) {
  const view = new DataView(buffer);
  if (view.getUint32(0) !== 0x00010000) throw new TypeError('expected a font with TrueType outlines');
  return new Map(Array.from({ length: view.getUint16(4) }, (_, index) => {
    const at = 12 + index * 16;
    const tag = String.fromCharCode(...new Uint8Array(buffer, at, 4));
    return [tag, new DataView(buffer, view.getUint32(at + 8), view.getUint32(at + 12))];
  }));
}

/** @param {DataView} view */
function bytesOf(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

/** @param {Map<string, Uint8Array>} made @param {string} tag @param {number} at @param {number} value */
function set16(made, tag, at, value) {
  const bytes = /** @type {Uint8Array} */ (made.get(tag));
  new DataView(bytes.buffer, bytes.byteOffset).setUint16(at, value);
}

/** The glyph of each letter that the font has. @param {DataView} cmap @param {Iterable<string>} letters @returns {Map<number, number>} by code point, in order */
function glyphsOf(cmap, letters) {
  /** @type {Map<number, number>} */
  const places = new Map();
  for (let index = 0; index < cmap.getUint16(2); index += 1) {
    const at = cmap.getUint32(4 + index * 8 + 4);
    places.set(cmap.getUint16(at), at);
  }
  const wide = places.get(12);
  const narrow = places.get(4);
  const codes = [...new Set([...letters].map((letter) => /** @type {number} */ (letter.codePointAt(0))))].sort((a, b) => a - b);
  return new Map(codes.flatMap((code) => {
    const glyph = (wide === undefined ? 0 : inGroups(cmap, wide, code)) || (narrow === undefined ? 0 : inSegments(cmap, narrow, code));
    return glyph === 0 ? [] : [[code, glyph]];
  }));
}

/** @param {DataView} cmap @param {number} at a subtable of format 12 @param {number} code */
function inGroups(cmap, at, code) {
  for (let index = 0; index < cmap.getUint32(at + 12); index += 1) {
    const group = at + 16 + index * 12;
    if (code < cmap.getUint32(group)) return 0;
    if (code <= cmap.getUint32(group + 4)) return cmap.getUint32(group + 8) + code - cmap.getUint32(group);
  }
  return 0;
}

/** @param {DataView} cmap @param {number} at a subtable of format 4 @param {number} code */
function inSegments(cmap, at, code) {
  const double = cmap.getUint16(at + 6);
  for (let index = 0; index < double; index += 2) {
    if (code > cmap.getUint16(at + 14 + index)) continue;
    const start = cmap.getUint16(at + 16 + double + index);
    if (code < start) return 0;
    const delta = cmap.getUint16(at + 16 + 2 * double + index);
    const place = at + 16 + 3 * double + index;
    const offset = cmap.getUint16(place);
    if (offset === 0) return (code + delta) & 0xffff;
    const glyph = cmap.getUint16(place + offset + (code - start) * 2);
    return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
  }
  return 0;
}

/** @param {DataView} loca @param {boolean} long */
function offsetsOf(loca, long) {
  return Array.from({ length: loca.byteLength / (long ? 4 : 2) }, (_, index) => (long ? loca.getUint32(index * 4) : loca.getUint16(index * 2) * 2));
}

/** With the glyphs that composite ones are made of. @param {Set<number>} glyphs @param {DataView} glyf @param {number[]} places */
function withParts(glyphs, glyf, places) {
  const all = new Set(glyphs);
  for (const glyph of all) {
    let at = places[glyph];
    if (places[glyph + 1] === at || glyf.getInt16(at) >= 0) continue;
    at += 10;
    for (;;) {
      const flags = glyf.getUint16(at);
      all.add(glyf.getUint16(at + 2));
      if (!(flags & COMPOSITE.more)) break;
      at += 4 + (flags & COMPOSITE.words ? 4 : 2) + (flags & COMPOSITE.scale ? 2 : flags & COMPOSITE.both ? 4 : flags & COMPOSITE.matrix ? 8 : 0);
    }
  }
  return all;
}

/** The outlines that are wanted, and where each glyph's is. @param {DataView} glyf @param {number[]} places @param {Set<number>} wanted @param {number} count */
function packed(glyf, places, wanted, count) {
  const parts = Array.from({ length: count }, (_, glyph) => (wanted.has(glyph) ? new Uint8Array(glyf.buffer, glyf.byteOffset + places[glyph], places[glyph + 1] - places[glyph]) : new Uint8Array()));
  const loca = new DataView(new ArrayBuffer((count + 1) * 4));
  let length = 0;
  parts.forEach((part, glyph) => {
    loca.setUint32(glyph * 4, length);
    length += (part.length + 3) & ~3;
  });
  loca.setUint32(count * 4, length);
  const whole = new Uint8Array(length);
  parts.forEach((part, glyph) => whole.set(part, loca.getUint32(glyph * 4)));
  return [whole, new Uint8Array(loca.buffer)];
}

/** How the wanted outlines vary. @param {DataView} gvar @param {Set<number>} wanted @param {number} count */
function variationsOf(gvar, wanted, count) {
  const axes = gvar.getUint16(4);
  const tuples = gvar.getUint16(6);
  const shared = new Uint8Array(gvar.buffer, gvar.byteOffset + gvar.getUint32(8), tuples * axes * 2);
  const long = (gvar.getUint16(14) & 1) === 1;
  const from = gvar.getUint32(16);
  const offset = (/** @type {number} */ glyph) => (long ? gvar.getUint32(20 + glyph * 4) : gvar.getUint16(20 + glyph * 2) * 2);
  const known = gvar.getUint16(12);
  const parts = Array.from({ length: count }, (_, glyph) => (wanted.has(glyph) && glyph < known ? new Uint8Array(gvar.buffer, gvar.byteOffset + from + offset(glyph), offset(glyph + 1) - offset(glyph)) : new Uint8Array()));
  const head = 20 + (count + 1) * 4;
  const data = head + shared.length;
  const made = new DataView(new ArrayBuffer(data + parts.reduce((sum, part) => sum + part.length, 0)));
  made.setUint32(0, gvar.getUint32(0));
  made.setUint16(4, axes);
  made.setUint16(6, tuples);
  made.setUint32(8, head);
  made.setUint16(12, count);
  made.setUint16(14, 1);
  made.setUint32(16, data);
  const bytes = new Uint8Array(made.buffer);
  bytes.set(shared, head);
  let length = 0;
  parts.forEach((part, glyph) => {
    made.setUint32(20 + glyph * 4, length);
    bytes.set(part, data + length);
    length += part.length;
  });
  made.setUint32(20 + count * 4, length);
  return bytes;
}

/** @param {Map<number, number>} glyphs by code point, in order */
function cmapOf(glyphs) {
  const size = 16 + glyphs.size * 12;
  const cmap = new DataView(new ArrayBuffer(12 + size));
  cmap.setUint16(2, 1);
  cmap.setUint16(4, 3);
  cmap.setUint16(6, 10);
  cmap.setUint32(8, 12);
  cmap.setUint16(12, 12);
  cmap.setUint32(16, size);
  cmap.setUint32(24, glyphs.size);
  [...glyphs].forEach(([code, glyph], index) => [code, code, glyph].forEach((value, part) => cmap.setUint32(28 + index * 12 + part * 4, value)));
  return new Uint8Array(cmap.buffer);
}

/** @param {Map<string, Uint8Array>} tables */
function fontOf(tables) {
  const tags = [...tables.keys()].sort();
  const power = Math.floor(Math.log2(tags.length));
  let length = 12 + tags.length * 16;
  const places = tags.map((tag) => {
    const at = length;
    length += (/** @type {Uint8Array} */ (tables.get(tag)).length + 3) & ~3;
    return at;
  });
  const font = new DataView(new ArrayBuffer(length));
  const bytes = new Uint8Array(font.buffer);
  font.setUint32(0, 0x00010000);
  [tags.length, 16 << power, power, (tags.length - (1 << power)) * 16].forEach((value, index) => font.setUint16(4 + index * 2, value));
  tags.forEach((tag, index) => {
    const table = /** @type {Uint8Array} */ (tables.get(tag));
    bytes.set(table, places[index]);
    const row = 12 + index * 16;
    [...tag].forEach((letter, place) => font.setUint8(row + place, letter.charCodeAt(0)));
    font.setUint32(row + 4, sumOf(font, places[index], table.length));
    font.setUint32(row + 8, places[index]);
    font.setUint32(row + 12, table.length);
  });
  font.setUint32(places[tags.indexOf('head')] + 8, (0xb1b0afba - sumOf(font, 0, length)) >>> 0);
  return bytes;
}

/** A table's check sum: its words added up. @param {DataView} view @param {number} from @param {number} length */
function sumOf(view, from, length) {
  let sum = 0;
  for (let at = from; at < from + length; at += 4) sum = (sum + view.getUint32(at)) >>> 0;
  return sum;
}
