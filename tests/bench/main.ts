// npm run bench [-- part …]: measures, prints a table, and writes it into docs/benchmarks.md, one section per part.
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { attacks } from './attacks.ts';
import { calls } from './calls.ts';
import { core } from './core.ts';
import { memory } from './memory.ts';
import { packageSize } from './package-size.ts';
import { peering } from './peering.ts';
import { table, type Bench } from './row.ts';
import { startup } from './startup.ts';

const PARTS: Readonly<Record<string, Bench>> = {
  startup,
  calls,
  core,
  memory,
  peering,
  attacks,
  package: packageSize,
};
const FILE = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.filter((part) => !(part in PARTS));
  if (unknown.length > 0) {
    console.error(`There is no part ${unknown.join(', ')}; there are ${Object.keys(PARTS).join(', ')}.`);
    return 64;
  }
  for (const [name, bench] of Object.entries(PARTS)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const rows = await bench(progress);
    progress('');
    console.log(`\n${name}\n${table(rows)}`);
    writeSection(name, table(rows));
  }
  return 0;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

/** Replaces one part's section and leaves the others as they were measured. */
function writeSection(name: string, text: string): void {
  const machine = `Node ${process.version}, ${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}`;
  const date = new Date().toISOString().slice(0, 10);
  const section = `## ${name}\n\n\`npm run bench -- ${name}\`, ${date}, ${machine}\n\n${text}\n`;
  const sections = existing().filter((old) => !old.startsWith(`## ${name}\n`));
  writeFileSync(FILE, [HEAD, ...[...sections, section].sort()].join('\n'));
}

const HEAD = `# Benchmarks

Medians unless a row says otherwise. "Beside" is the named peer, measured in the same run on the same machine.
`;

function existing(): string[] {
  try {
    return readFileSync(FILE, 'utf8')
      .split(/\n(?=## )/)
      .slice(1)
      .map((text) => `${text.trimEnd()}\n`);
  } catch {
    return [];
  }
}

process.exitCode = await main();
