import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readScript } from '../../../../src/core/simulator/read-script.ts';
import { readTopology } from '../../../../src/core/simulator/read-topology.ts';
import type { Reading } from '../../../../src/core/simulator/read-yaml.ts';
import { simulate } from '../../../../src/core/simulator/simulate.ts';
import { DEFAULT_END } from '../../../../src/core/simulator/topology.ts';

const EXAMPLES = new URL('../../../../examples/topologies/', import.meta.url);

function valueOf<T>(reading: Reading<T>): T {
  if ('problems' in reading) throw new Error(JSON.stringify(reading.problems));
  return reading.value;
}

/** Each problem as line:column: place: message. */
function problemsOf(reading: Reading<unknown>): string[] {
  if ('value' in reading) return [];
  return reading.problems.map(({ line, column, place = '', message }) => `${line}:${column} ${place}: ${message}`);
}

const range = [0, 1, 2, 3, 4, 5, 6];
const read = (name: string): string => readFileSync(new URL(name, EXAMPLES), 'utf8');

describe('a topology file', () => {
  it.each(readdirSync(EXAMPLES).filter((name) => !name.includes('.script.')))(
    '%s of the examples runs in order',
    (name) => {
      const topology = valueOf(readTopology(read(name)));
      const file = readdirSync(EXAMPLES).find((other) => other === name.replace('.yaml', '.script.yaml'));
      const script = file === undefined ? [] : valueOf(readScript(read(file), topology));
      const report = simulate({ topology, script });
      expect(report).toMatchObject({ outcome: 'converged', violations: [], unsettledLinks: [] });
      expect(report.calls.every(({ answeredBy }) => answeredBy !== undefined)).toBe(true);
    },
  );

  it('fills in what it does not say', () => {
    const topology = valueOf(
      readTopology(
        '{routers: [{name: a, asn: 1, agents: [x]}, {name: b, asn: 2}], links: [{between: [a, b], ends: {a: {mrai: 5}}}]}',
      ),
    );
    expect(topology).toEqual({
      routers: [
        { name: 'a', asn: 1, routerId: '10.0.0.1', agents: [{ id: 'x', capabilities: [], communities: [], med: 0 }] },
        { name: 'b', asn: 2, routerId: '10.0.0.2', agents: [] },
      ],
      links: [{ between: ['a', 'b'], ends: { a: { ...DEFAULT_END, mrai: 5 } } }],
    });
  });

  it.each([
    ['routers: [', ['1:11 : Flow sequence in block collection must be sufficiently indented and end with a ]']],
    ['routers:\n  - name: a\n    asn: 0', ['3:10 routers[0].asn: must be an AS number from 1 to 4294967294']],
    ['routers:\n  - name: a\n    asn: 1\n    nmae: b', ['4:11 routers[0].nmae: there is no such key']],
    [
      'routers:\n  - {name: a, asn: 1, agents: [{id: a, capabilities: ["a b"]}]}',
      ['2:55 routers[0].agents[0].capabilities[0]: must be a capability path such as coding/typescript'],
    ],
    [
      'routers:\n  - {name: a, asn: 1, agents: ["~a"]}',
      ["2:32 routers[0].agents[0]: the agent id begins with '~', which marks a capability"],
    ],
    ['routers: [{name: a, asn: 1}]\nlinks:\n  - [a, b]', ['3:5 links[0]: there is no router named b']],
    ['routers: [{name: a, asn: 1}]\nlinks:\n  - [a, a]', ['3:5 links[0]: a cannot be linked to itself']],
    [
      'routers:\n  - {name: a, asn: 1, routerId: 1.1.1.1}\n  - {name: b, asn: 1, routerId: 1.1.1.1}',
      ['3:5 routers[1]: another router of AS 1 has the router id 1.1.1.1'],
    ],
    [
      'routers:\n  - {name: a, asn: 1}\n  - {name: a, asn: 2}',
      ['3:12 routers[1].name: there is another router named a'],
    ],
    [
      'routers: [{name: a, asn: 1}, {name: b, asn: 2}]\nlinks:\n  - [a, b]\n  - [b, a]',
      ['4:5 links[1]: b and a are linked already'],
    ],
    [
      'routers: [{name: a, asn: 1}, {name: b, asn: 2}]\nlinks:\n  - between: [a, b]\n    ends: {a: {client: true}}',
      ['4:24 links[0].ends.a.client: a client of a reflector is inside its AS (RFC 4456 §6)'],
    ],
    [
      'routers: [{name: a, asn: 1}, {name: b, asn: 2}]\nlinks:\n  - between: [a, b]\n    ends: {c: {}, a: {passive: true}, b: {passive: true}}',
      [
        '4:15 links[0].ends.c: c is not an end of this link',
        '4:11 links[0].ends: both ends are passive, so that nobody dials',
      ],
    ],
    [
      'routers:\n  - name: a\n    asn: 1\n    policy: {import: [{match: {}, action: {action: maybe}}]}',
      ['4:52 routers[0].policy.import[0].action.action: "maybe": must be "accept" or "reject" or "modify"'],
    ],
    ['routers: *nowhere', ['1:1 : Unresolved alias']],
    [
      `x0: &x0 [${'x,'.repeat(10)}]${range.map((x) => `\nx${x + 1}: &x${x + 1} [${`*x${x},`.repeat(10)}]`).join('')}`,
      ['1:1 : Excessive alias count'],
    ],
    ['generate:\n  shape: ring\n  routers: 2', ['3:12 generate.routers: Too small: expected number to be >=3']],
  ])('%j is refused with the place of what is wrong', (text, expected) => {
    const found = problemsOf(readTopology(text));
    expect(found.length).toBe(expected.length);
    for (const [i, problem] of expected.entries()) expect(found[i]).toContain(problem);
  });

  it('allows one router id in two ASes (RFC 6286 §2.1)', () => {
    const text =
      'routers: [{name: a, asn: 1, routerId: 1.1.1.1}, {name: b, asn: 2, routerId: 1.1.1.1}]\nlinks: [[a, b]]';
    expect(simulate({ topology: valueOf(readTopology(text)) })).toMatchObject({
      outcome: 'converged',
      unsettledLinks: [],
    });
  });
});

describe('a script file', () => {
  const topology = valueOf(readTopology('{generate: {shape: chain, routers: 3}}'));

  it('is put in order of time', () => {
    const script = valueOf(
      readScript('[{at: 5, do: heal}, {at: 1, do: crash, router: r1}, {at: 5, do: cut, link: [r2, r1]}]', topology),
    );
    expect(script.map((action) => action.do)).toEqual(['crash', 'heal', 'cut']);
  });

  it.each([
    ['- {at: 1, do: cut, link: [r1, r3]}', ['1:26 [0].link: there is no such link']],
    ['- {at: 1, do: crash, router: r9}', ['1:3 [0]: there is no router named r9']],
    ['- {at: 1, do: partition, routers: [r1, r9]}', ['1:3 [0]: there is no router named r9']],
    ['- {at: -1, do: heal}', ['1:8 [0].at: ']],
    ['- {at: 1, do: dance}', ['1:15 [0].do: ']],
    ['- {at: 1, do: heal, router: r1}', ['1:29 [0].router: there is no such key']],
  ])('%j is refused with the place of what is wrong', (text, expected) => {
    const found = problemsOf(readScript(text, topology));
    expect(found.length).toBe(expected.length);
    for (const [i, problem] of expected.entries()) expect(found[i]).toContain(problem);
  });
});
