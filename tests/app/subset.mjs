// Cuts a font down as the page does: node subset.mjs FONT LETTERS OUTPUT
import { readFile, writeFile } from 'node:fs/promises';
import { subsetFont } from '../../static/js/stage/sfnt.js';

const [font, letters, output] = process.argv.slice(2);
const { buffer, byteOffset, byteLength } = await readFile(font);
const made = subsetFont(buffer.slice(byteOffset, byteOffset + byteLength), letters);
await writeFile(output, made ? made.bytes : new Uint8Array());
