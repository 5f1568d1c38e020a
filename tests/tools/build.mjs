// Bundles src/main.ts into dist/: ES modules, split where the program imports lazily, readable as it is; and writes
// THIRD_PARTY_LICENSES from the packages that went in. Plain Node, so that it runs before anything is compiled.
import { build } from 'esbuild';
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** zod speaks fifty languages, we one; the others would be half of what has to be parsed before the first answer. */
const englishOnly = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** How this program, and whatever it is measured against, is bundled. */
export const bundling = {
  bundle: true,
  platform: 'node',
  target: 'node22.13',
  format: 'esm',
  splitting: true,
  legalComments: 'none',
  metafile: true,
  absWorkingDir: root,
  // Some of the libraries are CommonJS and call require() for Node's own modules.
  banner: { js: "import{createRequire as c}from'node:module';const require=c(import.meta.url);" },
  // The ES modules of yaml: a lazily imported CommonJS module would lose its names in the bundle.
  alias: { yaml: './node_modules/yaml/browser/index.js' },
  logLevel: 'warning',
  plugins: [englishOnly],
};

/** The folder of the package that a bundled file belongs to, or undefined for our own files. */
function packageFolder(file) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
  return match?.[1];
}

function licenceText(folder) {
  const name = readdirSync(folder).find((file) => /^(licen[cs]e|copying)/i.test(file));
  return name === undefined ? undefined : readFileSync(join(folder, name), 'utf8').trim();
}

function thirdPartyLicences(inputs) {
  const folders = [...new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined))];
  const packages = folders.map((folder) => {
    const { name, version, license, author } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const holder = typeof author === 'string' ? author : (author?.name ?? '');
    const text = licenceText(join(root, folder)) ?? `No licence file; package.json says: ${license}. ${holder}`.trim();
    return { title: `${name} ${version} (${license})`, text };
  });
  packages.sort((a, b) => (a.title < b.title ? -1 : 1));
  const unique = packages.filter(({ title }, index) => title !== packages[index - 1]?.title);
  const rule = '-'.repeat(80);
  const head = 'The files in dist/ contain code of the following packages.';
  return `${[head, ...unique.map(({ title, text }) => `${rule}\n${title}\n\n${text}`)].join('\n\n')}\n`;
}

async function main() {
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const result = await build({ ...bundling, entryPoints: ['src/main.ts'], outdir: 'dist' });
  const inputs = Object.values(result.metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  writeFileSync(join(root, 'THIRD_PARTY_LICENSES'), thirdPartyLicences(inputs));
  chmodSync(join(dist, 'main.js'), 0o755);
  const files = Object.entries(result.metafile.outputs).filter(([file]) => file.endsWith('.js'));
  const bytes = files.reduce((sum, [, output]) => sum + output.bytes, 0);
  process.stdout.write(`dist/: ${files.length} files, ${(bytes / 1e6).toFixed(2)} MB\n`);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
