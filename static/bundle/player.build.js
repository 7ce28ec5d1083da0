// Makes the template of the one-file player from our own modules, style sheets and texts. Run by the package's build hook: node static/bundle/player.build.js OUTPUT
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { build } from 'esbuild';
import { DIGITS, fromDigits, toBase85 } from '../js/page/packing.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const output = resolve(process.argv[2]);
const common = /** @type {const} */ ({ absWorkingDir: resolve(here, '../..'), bundle: true, minify: true, write: false, legalComments: 'none', logLevel: 'warning' });

/** Of the texts those that the player's own code asks for: a key's first word stands there, in a text or at the beginning of a template. What is said of an error's code comes with the run that has it. */
const [bare] = (await build({ ...common, entryPoints: [join(here, '../js/player/player.js')], format: 'esm', define: { 'import.meta.url': '""' } })).outputFiles;
const asked = new Set([...bare.text.matchAll(/["`'](\w+)\./g)].map(([, word]) => word));
const named = new Set([...bare.text.matchAll(/["`'](\w+\.[\w.-]+)["`']/g)].map(([, key]) => key));
const texts = {
  name: 'texts',
  /** @param {import('esbuild').PluginBuild} plugin */
  setup({ onLoad }) {
    onLoad({ filter: /locales.*\.json$/ }, async ({ path }) => {
      const all = Object.entries(JSON.parse(await readFile(path, 'utf8')));
      const kept = all.filter(path.endsWith('errors.json') ? ([key]) => named.has(key) : ([key]) => asked.has(key.split('.')[0]));
      return { contents: JSON.stringify(Object.fromEntries(kept)), loader: 'json' };
    });
  },
};

// Whoever hands the file on hands on what others wrote, so their licences go along with ours.
const others = (await readFile(join(output, 'LICENSES.txt'), 'utf8')).split(/\n={100}\n\n/).filter((text) => text.startsWith('d3-'));
const licences = [await readFile(join(here, '../../LICENSE'), 'utf8'), ...others].join('\n');

const [script, style] = await Promise.all([
  build({ ...common, banner: { js: `/*\n${licences}*/` }, plugins: [texts], entryPoints: [join(here, 'player.js')], format: 'iife', target: 'es2022', charset: 'utf8', define: { 'import.meta.url': '""' } }),
  build({ ...common, entryPoints: [join(here, 'player.css')], target: ['chrome109', 'firefox115', 'safari16.4'], loader: { '.woff2': 'dataurl' } }),
]);
const [code, sheet] = [script, style].map(({ outputFiles }) => outputFiles[0].text.trim());

// Script and sheet stand in the file deflated, as the run does; a few lines of plain script unfold them. The policy names all three by their hashes.
const unfold = `(async () => {
  const bytesOf = ${fromDigits};
  const packed = bytesOf(document.querySelector('#player').textContent, '${DIGITS}');
  const parts = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).json();
  for (const [name, text] of parts) document.head.append(Object.assign(document.createElement(name), { textContent: text }));
})();`;
/** In smaller blocks, for fonts in a sheet want another code than its rules. */
const packed = toBase85(deflateRawSync(JSON.stringify([['style', sheet], ['script', code]]), { level: 9, memLevel: 6 }));

// Without scripts a file says in words what it shows; within another page it lets the picture under its frame be seen.
const still = 'html,body{background:none;color-scheme:light}';

/** @param {string} text */
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policy = `default-src 'none'; script-src ${hash(unfold)} ${hash(code)}; style-src ${hash(sheet)} ${hash(still)}; font-src data:; img-src data:; base-uri 'none'; form-action 'none'`;

await mkdir(output, { recursive: true });
await writeFile(join(output, 'player-letters.txt'), [...new Set(code.match(/[^\0-\u2E7F]/gu))].sort().join(''));
await writeFile(join(output, 'player.html'), `<!doctype html>
<html lang="{{language}}" data-theme="light">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Gradlight">
<meta name="description" content="{{description}}">
<title>{{title}}</title>
</head>
<body>
<noscript><style>${still}</style><p class="noscript">{{description}}</p></noscript>
<script type="text/plain" id="recording">{{recording}}</script>
<script type="text/plain" id="player">${packed}</script>
<script>${unfold}</script>
</body>
</html>
`);
