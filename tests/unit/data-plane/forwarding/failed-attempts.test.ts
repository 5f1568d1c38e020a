import { describe, expect, it } from 'vitest';
import { Failure, type FailureCode, type Reached } from '../../../../src/base/failure/failure.ts';
import type { Ended } from '../../../../src/data-plane/forwarding/attempt.ts';
import type { Retry } from '../../../../src/data-plane/forwarding/call.ts';
import { failedAttempts } from '../../../../src/data-plane/forwarding/failed-attempts.ts';
import { serverHop } from './server-hop.ts';

type Row = readonly [FailureCode, Reached];

const begun = { hop: serverHop(0), tally: { attempts: 1, crossed: [] }, ms: 1 };

function summary(rows: readonly Row[], retry: Retry = 'unreached') {
  const ends = rows.map(([code, reached], index): Ended<never> => {
    const failure = new Failure(code, `Failure ${index}.`, { blames: 'server', reached });
    return { ...begun, outcome: 'failed', failure };
  });
  return failedAttempts(ends, retry);
}

describe('the failure that a caller sees', () => {
  it.each<[readonly Row[], string]>([
    [[['SERVER_UNAVAILABLE', 'no']], 'Failure 0.'],
    [[['AGENT_NOT_FOUND', 'no']], 'Failure 0.'],
    [
      [
        ['SERVER_UNAVAILABLE', 'no'],
        ['TIMEOUT', 'maybe'],
      ],
      'Failure 1.',
    ],
    [
      [
        ['SERVER_UNAVAILABLE', 'no'],
        ['AGENT_NOT_FOUND', 'no'],
      ],
      'Failure 0.',
    ],
    [
      [
        ['SERVER_UNAVAILABLE', 'no'],
        ['LOOP_DETECTED', 'no'],
      ],
      'Failure 0.',
    ],
    [
      [
        ['LOOP_DETECTED', 'no'],
        ['AGENT_NOT_FOUND', 'no'],
      ],
      'Failure 0.',
    ],
    [
      [
        ['AGENT_NOT_FOUND', 'no'],
        ['SERVER_UNAVAILABLE', 'no'],
      ],
      'Failure 1.',
    ],
    [
      [
        ['AGENT_ERROR', 'yes'],
        ['LOOP_DETECTED', 'no'],
        ['TIMEOUT', 'maybe'],
      ],
      'Failure 2.',
    ],
  ])('of %j is "%s"', (rows, message) => {
    expect(summary(rows)?.shown.message).toBe(message);
  });
});

describe('the reach of failed attempts', () => {
  it.each<[readonly Reached[], Reached]>([
    [['no'], 'no'],
    [['no', 'maybe'], 'maybe'],
    [['maybe', 'no'], 'maybe'],
    [['yes', 'maybe', 'no'], 'yes'],
    [['no', 'maybe', 'yes'], 'yes'],
  ])('of %j is %s', (reached, worst) => {
    expect(summary(reached.map((one): Row => ['SERVER_UNAVAILABLE', one]))?.reached).toBe(worst);
  });
});

describe('a call after failed attempts', () => {
  it.each<[FailureCode, Reached, Retry, boolean]>([
    ['SERVER_UNAVAILABLE', 'no', 'unreached', true],
    ['SERVER_UNAVAILABLE', 'maybe', 'unreached', false],
    ['SERVER_UNAVAILABLE', 'yes', 'unreached', false],
    ['SERVER_UNAVAILABLE', 'maybe', 'always', true],
    ['AGENT_ERROR', 'yes', 'always', true],
    ['TIMEOUT', 'maybe', 'always', true],
    ['INVALID_REQUEST', 'yes', 'always', false],
    ['DENIED_BY_POLICY', 'maybe', 'always', false],
    ['INVALID_AGENT_ID', 'yes', 'always', false],
    ['INVALID_REQUEST', 'no', 'unreached', true],
  ])('that is %s, reached: %s, retry: %s, may be retried: %s', (code, reached, retry, mayRepeat) => {
    expect(summary([[code, reached]], retry)?.mayRepeat).toBe(mayRepeat);
  });

  it('may not be retried if one of them forbids it', () => {
    expect(
      summary([
        ['SERVER_UNAVAILABLE', 'maybe'],
        ['SERVER_UNAVAILABLE', 'no'],
      ])?.mayRepeat,
    ).toBe(false);
  });
});

it('attempts that succeeded or were cancelled have no failure', () => {
  const ends: Ended<string>[] = [
    { ...begun, outcome: 'overtaken' },
    { ...begun, outcome: 'ok', reply: 'hello' },
  ];
  expect(failedAttempts(ends, 'always')).toBeUndefined();
});
