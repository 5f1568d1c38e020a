import { describe, expect, it } from 'vitest';
import type { Match } from '../../../../../src/core/bgp/policy/policy.ts';
import { objectionToUnseen } from '../../../../../src/core/bgp/policy/unseen-agent.ts';
import { chain, statement } from './fixtures.ts';

/** An agent of which a peer has told only that it has `coding/python`. */
const UNSEEN = { capability: 'coding/python', neighbor: { asn: 65002, name: 'partner' }, crosses: [65002] };

const CERTAIN: readonly Match[] = [
  {},
  { families: ['agent'] },
  { families: ['capability', 'agent'] },
  { peers: [65002] },
  { peers: ['other', 'partner'] },
  { capabilities: ['coding/python'] },
  { capabilities: ['coding', 'coding/python'] },
  { capabilities: [] },
  { asPathAll: [65002] },
  { families: ['agent'], peers: ['partner'], capabilities: ['coding'], asPathAll: [65002] },
];

const POSSIBLE: readonly Match[] = [
  { agentPrefixes: ['payroll'] },
  { agentPrefixes: ['*'] },
  { communities: ['secret'] },
  { performance: { minSuccessRate: 0.5 } },
  { originFrom: [65002] },
  { originNotFrom: [65009] },
  { capabilities: ['coding/python/django'] },
  { capabilities: ['coding/pyth'] },
  { capabilities: ['coding', 'finance'] },
  { asPathAll: [65002, 65009] },
  { peers: ['partner'], agentPrefixes: ['payroll'] },
];

const IMPOSSIBLE: readonly Match[] = [
  { families: ['capability'] },
  { families: [] },
  { peers: [65003] },
  { peers: ['other'], agentPrefixes: ['payroll'] },
  { families: ['capability'], communities: ['secret'] },
];

const reject = (match: Match) => statement({ match, action: 'reject', name: 'no' });
const accept = (match: Match) => statement({ match, action: 'accept' });

describe('an agent of which only its capability was told', () => {
  it.each([...CERTAIN, ...POSSIBLE])('could be rejected where %j is (RFC 4271 §9.1.1)', (match) => {
    const objection = { place: 'import[0]', name: 'no' };
    expect(objectionToUnseen(chain([reject(match)]), UNSEEN)).toEqual(objection);
    expect(objectionToUnseen(chain([reject(match)], 'reject'), UNSEEN)).toEqual(objection);
  });

  it.each(IMPOSSIBLE)('cannot be rejected where %j is', (match) => {
    expect(objectionToUnseen(chain([reject(match)]), UNSEEN)).toBeUndefined();
  });

  it.each(CERTAIN)('is certainly accepted where %j is, whatever comes after', (match) => {
    const rest = [reject({ agentPrefixes: ['payroll'] })];
    for (const action of ['accept', 'modify'] as const) {
      const first = statement({ match, action });
      expect(objectionToUnseen(chain([first, ...rest], 'reject'), UNSEEN)).toBeUndefined();
    }
  });

  it.each([...POSSIBLE, ...IMPOSSIBLE])('is not certainly accepted where %j is', (match) => {
    expect(objectionToUnseen(chain([accept(match)]), UNSEEN)).toBeUndefined();
    expect(objectionToUnseen(chain([accept(match)], 'reject'), UNSEEN)?.place).toBe('import.default');
    expect(objectionToUnseen(chain([accept(match), reject({})]), UNSEEN)?.place).toBe('import[1]');
  });

  it('is not accepted by a statement that goes on', () => {
    const goesOn = statement({ set: { addCommunities: ['secret'] }, continue: true });
    expect(objectionToUnseen(chain([goesOn]), UNSEEN)).toBeUndefined();
    expect(objectionToUnseen(chain([goesOn], 'reject'), UNSEEN)?.place).toBe('import.default');
    expect(objectionToUnseen(chain([goesOn, reject({ communities: ['secret'] })]), UNSEEN)?.place).toBe('import[1]');
  });

  it('is judged by a chain without statements as its default says', () => {
    expect(objectionToUnseen(chain([]), UNSEEN)).toBeUndefined();
    expect(objectionToUnseen({ ...chain([], 'reject'), direction: 'export' }, UNSEEN)).toEqual({
      place: 'export.default',
      name: undefined,
    });
  });
});
