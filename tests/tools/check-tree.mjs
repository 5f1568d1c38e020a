// Checks docs/architecture.md against the repository: the tree that it draws names every folder below src, and, in a folder
// of which it names files, every file; and each path of a Markdown document exists. Plain Node, no dependencies; exit code 1
// and one line per fault.
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('../../', import.meta.url)));
const DOCUMENT = 'docs/architecture.md';
const faults = [];

/** Returns the lines of the code block whose first line is `src/`, with their numbers in the document. */
function drawing(lines) {
  const first = lines.findIndex((line, index) => line === 'src/' && lines[index - 1]?.startsWith('```'));
  const length = first < 0 ? 0 : lines.slice(first).findIndex((line) => line.startsWith('```'));
  return lines.slice(first, first + length).map((text, index) => ({ text, number: first + index + 1 }));
}

/** Returns the names that a line begins with: folders end with `/`, files with `.ts`. Its description follows. */
function namesOf(text) {
  const names = [];
  for (const word of text.trim().split(/\s+/)) {
    if (!/^[\w.-]+(?:\/|\.ts)$/.test(word)) break;
    names.push(word);
  }
  return names;
}

/** Returns every path of the drawing; a folder that lines below are indented under is their parent. */
function drawnPaths(lines) {
  const drawn = new Map();
  const parents = [];
  for (const { text, number } of lines) {
    const depth = (text.length - text.trimStart().length) / 2;
    const names = namesOf(text);
    if (names.length === 0) faults.push(`${DOCUMENT}:${number}: no folder or file is named`);
    if (depth > 0 && parents[depth - 1] === undefined) faults.push(`${DOCUMENT}:${number}: the indentation is wrong`);
    for (const name of names) {
      const path = `${depth > 0 ? (parents[depth - 1] ?? '') : ''}${name}`;
      if (drawn.has(path)) faults.push(`${DOCUMENT}:${number}: ${path} is drawn twice`);
      drawn.set(path, number);
    }
    const [only] = names;
    parents.length = depth;
    if (names.length === 1 && only.endsWith('/')) parents[depth] = `${parents[depth - 1] ?? ''}${only}`;
  }
  return drawn;
}

/** Returns every folder and file below a folder; folders end with `/`. */
function pathsBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [`${folder}${entry.name}`];
    const path = `${folder}${entry.name}/`;
    return [path, ...pathsBelow(path)];
  });
}

const drawn = drawnPaths(drawing(readFileSync(join(root, DOCUMENT), 'utf8').split('\n')));
const existing = new Set(['src/', ...pathsBelow('src/')]);
const withFiles = new Set([...drawn.keys()].filter((path) => !path.endsWith('/')).map((path) => dirname(path)));

for (const [path, number] of drawn) {
  if (!existing.has(path)) faults.push(`${DOCUMENT}:${number}: ${path} does not exist`);
}
for (const path of existing) {
  const wanted = path.endsWith('/') || withFiles.has(dirname(path));
  if (wanted && !drawn.has(path)) faults.push(`${DOCUMENT}: ${path} is missing from the tree`);
}
if (drawn.size === 0) faults.push(`${DOCUMENT}: no tree was found`);

let paths = 0;
const documents = ['*.md', 'docs/**/*.md', '.github/**/*.md'].flatMap((pattern) => globSync(pattern, { cwd: root }));
for (const document of documents) {
  const lines = readFileSync(join(root, document), 'utf8').split('\n');
  lines.forEach((line, index) => {
    for (const [, path] of line.matchAll(/`((?:src|tests|docs|examples)\/[\w./-]*)`/g)) {
      paths += 1;
      if (!existsSync(join(root, path))) faults.push(`${document}:${index + 1}: ${path} does not exist`);
    }
  });
}

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log(`${DOCUMENT}: ${drawn.size} folders and files drawn; ${paths} paths in ${documents.length} documents`);
