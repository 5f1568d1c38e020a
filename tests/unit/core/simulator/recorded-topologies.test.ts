import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../../../src/core/bgp/state/event.ts';
import { step } from '../../../../src/core/bgp/speaker.ts';
import { createSpeaker, type Speaker, type SpeakerSettings } from '../../../../src/core/bgp/state/state.ts';
import { simulate } from '../../../../src/core/simulator/simulate.ts';
import { SCENARIOS } from '../../../topologies/scenarios.ts';

const TOPOLOGIES = new URL('../../../topologies/', import.meta.url);

type Line = { readonly settings: SpeakerSettings } | { readonly now: number; readonly event: Event };

function linesOf(name: string, file: string): string[] {
  return readFileSync(new URL(`${name}/${file}`, TOPOLOGIES), 'utf8')
    .trimEnd()
    .split('\n');
}

/** What a speaker wants done for each recorded event. */
function replay(events: readonly string[]): string[] {
  let speaker: Speaker | undefined;
  return events.flatMap((text) => {
    const line = JSON.parse(text) as Line;
    if ('settings' in line) {
      speaker = createSpeaker(line.settings);
      return [];
    }
    return [JSON.stringify(step(speaker!, line.event, line.now))];
  });
}

describe('recorded topologies', () => {
  it.each(SCENARIOS.map(({ name }) => name))('%s: the speaker wants the same done for the same events', (name) => {
    expect(replay(linesOf(name, 'events.jsonl'))).toEqual(linesOf(name, 'effects.golden.jsonl'));
  });

  it.each(SCENARIOS)('$name: the network still makes these events', ({ name, router, simulation }) => {
    const { recordings } = simulate({ ...simulation, record: [router] });
    expect(recordings[router]!.events).toEqual(linesOf(name, 'events.jsonl'));
  });

  it('are all listed', () => {
    const folders = readdirSync(TOPOLOGIES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(SCENARIOS.map(({ name }) => name).sort());
  });
});
