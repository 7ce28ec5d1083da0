// Bundles what the pages take from others and gathers fonts and licences. Run by the package's build hook: node static/bundle/build.js OUTPUT
import { copyFile, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ENTRIES = ['editor', 'film', 'gif', 'viz', 'zoom'];
const FONTS = {
  '@fontsource-variable/inter': { 'inter-latin': 'inter-latin-wght-normal', 'inter-greek': 'inter-greek-wght-normal' },
  '@fontsource-variable/jetbrains-mono': {
    'jetbrains-mono-latin': 'jetbrains-mono-latin-wght-normal',
    'jetbrains-mono-greek': 'jetbrains-mono-greek-wght-normal',
  },
  '@fontsource/stix-two-math': { 'stix-two-math': 'stix-two-math-latin-400-normal' },
};

/** Of the Chinese font the parts with the commonest characters, and those with full-width signs and rarer characters of our own texts; pages without Chinese letters, and pictures, take what they need from them. */
const CHINESE = { package: '@fontsource-variable/noto-sans-sc', family: 'Noto Sans SC', from: 78, besides: [5, 57, 72] };

const here = fileURLToPath(new URL('.', import.meta.url));
const root = resolve(here, '../..');
const output = resolve(process.argv[2]);
/** Packages that come without their licence's text. */
const OWN_LICENCES = new Map([['@viz-js/viz', join(here, 'viz.licence.txt')]]);
await mkdir(output, { recursive: true });

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ENTRIES.map((name) => join(here, `${name}.ts`)),
  outdir: output,
  bundle: true,
  alias: Object.fromEntries(['d3-transition', 'd3-interpolate'].map((name) => [name, join(here, 'still.ts')])),
  format: 'esm',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});

// The entries are pure re-exports, so beside the bundle they are also its type declarations.
await Promise.all(ENTRIES.map((name) => copyFile(join(here, `${name}.ts`), join(output, `${name}.d.ts`))));

for (const [name, files] of Object.entries(FONTS)) {
  for (const [target, source] of Object.entries(files)) {
    await copyFile(join(root, 'node_modules', name, 'files', `${source}.woff2`), join(output, `${target}.woff2`));
  }
}

await gatherChinese();
await writeFile(join(output, 'LICENSES.txt'), await licences([...bundledPackages(metafile), ...Object.keys(FONTS), CHINESE.package]));

/** Copies the parts and writes down which characters each of them holds. */
async function gatherChinese() {
  const folder = join(root, 'node_modules', CHINESE.package);
  const ranges = JSON.parse(await readFile(join(folder, 'unicode.json'), 'utf8'));
  const parts = [];
  for (const [name, range] of Object.entries(ranges)) {
    const number = Number(/^\[(\d+)\]$/.exec(name)?.[1]);
    if (!(number >= CHINESE.from || CHINESE.besides.includes(number))) continue;
    const file = `chinese-${number}`;
    await copyFile(join(folder, 'files', `noto-sans-sc-${number}-wght-normal.woff2`), join(output, `${file}.woff2`));
    parts.push({ file, range });
  }
  await writeFile(join(output, 'chinese.json'), JSON.stringify({ family: CHINESE.family, parts }));
}

/** @param {import('esbuild').Metafile} metafile */
function bundledPackages(metafile) {
  const names = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs).map(packageOf));
  return [...new Set(names)].filter((name) => name !== null);
}

/** @param {string} path */
function packageOf(path) {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? null;
}

/** @param {string[]} names */
async function licences(names) {
  const parts = [];
  for (const name of names.sort()) {
    const folder = join(root, 'node_modules', name);
    const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const path = file === undefined ? OWN_LICENCES.get(name) : join(folder, file);
    if (path === undefined) throw new Error(`${name} ${version} has no licence file; name one for it in OWN_LICENCES.`);
    const text = await readFile(path, 'utf8');
    parts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
  }
  return parts.join(`\n${'='.repeat(100)}\n\n`);
}
