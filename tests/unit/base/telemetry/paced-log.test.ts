import { beforeEach, describe, expect, it } from 'vitest';
import type { Log, LogEvent } from '../../../../src/base/telemetry/log-event.ts';
import { MAX_LINES, pacedLog, WINDOW_MS } from '../../../../src/base/telemetry/paced-log.ts';

const REFUSED: LogEvent = { event: 'peer-refused', reason: 'hello has an unknown form' };
const FAILED: LogEvent = { event: 'request-refused', reason: 'not for us' };

let lines: LogEvent[];
let at: number;
let log: Log;

beforeEach(() => {
  lines = [];
  at = 1_000;
  log = pacedLog(
    (event) => lines.push(event),
    () => at,
  );
});

function flood(event: LogEvent, times: number): void {
  for (let time = 0; time < times; time++) log(event);
}

describe('a log that others can write to', () => {
  it('leaves out what comes too often, and says how much with the next line of that kind', () => {
    flood(REFUSED, MAX_LINES + 50);
    expect(lines).toEqual(Array(MAX_LINES).fill(REFUSED));
    at += WINDOW_MS;
    log(REFUSED);
    expect(lines.slice(MAX_LINES)).toEqual([{ event: 'lines-left-out', of: 'peer-refused', count: 50 }, REFUSED]);
  });

  it('counts anew with every window', () => {
    for (let window = 0; window < 3; window++) {
      flood(REFUSED, MAX_LINES);
      at += WINDOW_MS;
    }
    expect(lines).toEqual(Array(3 * MAX_LINES).fill(REFUSED));
  });

  it('lets a flood of one kind keep nothing back of another', () => {
    flood(REFUSED, MAX_LINES + 1);
    log(FAILED);
    expect(lines.at(-1)).toEqual(FAILED);
  });

  it('writes every line of what only this router causes', () => {
    const done: LogEvent = { event: 'call-done', agent: 'a', nextHop: 'b', attempts: 1, ms: 1 };
    flood(done, 10 * MAX_LINES);
    expect(lines).toHaveLength(10 * MAX_LINES);
  });
});
