// Writes every recorded topology anew, for a look at what changed: npx tsx tests/topologies/record.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { simulate } from '../../src/core/simulator/simulate.ts';
import { SCENARIOS } from './scenarios.ts';

for (const { name, description, router, simulation } of SCENARIOS) {
  const { recordings } = simulate({ ...simulation, record: [router] });
  const folder = new URL(`${name}/`, import.meta.url);
  const write = (file: string, lines: readonly string[]): void => {
    writeFileSync(new URL(file, folder), `${lines.join('\n')}\n`);
  };
  mkdirSync(folder, { recursive: true });
  write('description.md', [`# ${name}`, '', description, '', `Recorded at router ${router}.`]);
  write('events.jsonl', recordings[router]!.events);
  write('effects.golden.jsonl', recordings[router]!.effects);
}
