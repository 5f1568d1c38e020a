// Holds docs/rfc-compliance.md to the truth: every file and test title in it exists, and every RFC that the core cites is
// in it. Plain Node, no dependencies; exit code 1 and one line per fault.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENT = 'docs/rfc-compliance.md';
const document = readFileSync(join(root, DOCUMENT), 'utf8');
const faults = [];

/** @param {string} path @returns {string | undefined} */
function textOf(path) {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined;
}

/** Whether a title is written in a test file as the start of a string, in any kind of quotes. */
function hasTitle(source, title) {
  return ["'", '"', '`'].some((quote) => source.includes(quote + title.replaceAll(quote, `\\${quote}`) + quote));
}

document.split('\n').forEach((line, index) => {
  const place = `${DOCUMENT}:${index + 1}`;
  for (const [, path] of line.matchAll(/`((?:src|tests|docs)\/[^`*]+\.[a-z]+)`/g)) {
    if (textOf(path) === undefined) faults.push(`${place}: ${path} does not exist`);
  }
  for (const [, path, title] of line.matchAll(/`(tests\/[^`]+)` "([^"]+)"/g)) {
    const source = textOf(path);
    if (source !== undefined && !hasTitle(source, title)) faults.push(`${place}: ${path} has no test "${title}"`);
  }
  if (/^\| §/.test(line) && !line.includes('`tests/')) faults.push(`${place}: no test is named`);
  for (const [, target] of line.matchAll(/\]\(([^)#:]+)\)/g)) {
    if (textOf(join('docs', target)) === undefined) faults.push(`${place}: the link ${target} leads nowhere`);
  }
});

// An RFC is listed by a heading or by the first cell of a row, not by being mentioned.
const listed = new Set([...document.matchAll(/^(?:## |\| )RFC (\d+)\b/gm)].map(([, number]) => number));

const sources = readdirSync(join(root, 'src/core/bgp'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join('src/core/bgp', name));
let citations = 0;
for (const path of sources) {
  textOf(path)
    .split('\n')
    .forEach((line, index) => {
      for (const [, number] of line.matchAll(/\bRFC (\d{3,5})\b/g)) {
        citations += 1;
        if (!listed.has(number))
          faults.push(`${path}:${index + 1}: RFC ${number} is cited, but not listed in ${DOCUMENT}`);
      }
    });
}

const titles = [...document.matchAll(/`tests\/[^`]+` "/g)].length;
if (titles === 0 || citations === 0 || listed.size === 0) faults.push(`${DOCUMENT}: nothing to check was found`);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log(`${DOCUMENT}: ${titles} tests, ${listed.size} RFCs, ${citations} citations in src/core/bgp`);
