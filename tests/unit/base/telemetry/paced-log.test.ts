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

describe('a log of events that remote systems cause', () => {
  it('drops lines of a too frequent event, and logs their number before its next line', () => {
    flood(REFUSED, MAX_LINES + 50);
    expect(lines).toEqual(Array(MAX_LINES).fill(REFUSED));
    at += WINDOW_MS;
    log(REFUSED);
    expect(lines.slice(MAX_LINES)).toEqual([{ event: 'lines-left-out', of: 'peer-refused', count: 50 }, REFUSED]);
  });

  it('starts a new count in every window', () => {
    for (let window = 0; window < 3; window++) {
      flood(REFUSED, MAX_LINES);
      at += WINDOW_MS;
    }
    expect(lines).toEqual(Array(3 * MAX_LINES).fill(REFUSED));
  });

  it('does not drop lines of one event because of a flood of another', () => {
    flood(REFUSED, MAX_LINES + 1);
    log(FAILED);
    expect(lines.at(-1)).toEqual(FAILED);
  });

  it('writes every line of events that only this router causes', () => {
    const done: LogEvent = { event: 'call-done', agent: 'a', nextHop: 'b', attempts: 1, ms: 1 };
    flood(done, 10 * MAX_LINES);
    expect(lines).toHaveLength(10 * MAX_LINES);
  });
});
