import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../../src/base/telemetry/logger.ts';
import type { LogLevel } from '../../../../src/base/telemetry/log-level.ts';
import type { LogEvent } from '../../../../src/base/telemetry/log-event.ts';

function logged(
  event: LogEvent,
  { level = 'info', secrets = [] }: { level?: LogLevel; secrets?: string[] } = {},
): string[] {
  const lines: string[] = [];
  createLogger({ level, secrets, sink: { write: (line) => lines.push(line) } })(event);
  return lines;
}

describe('the log', () => {
  it('writes one JSON object per line, with the event, its fields and its message', () => {
    const [line, ...others] = logged({ event: 'shutdown', reason: 'stdin closed' });
    expect(others).toEqual([]);
    expect(line?.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line ?? '')).toMatchObject({
      level: 30,
      event: 'shutdown',
      reason: 'stdin closed',
      message: 'shutting down',
    });
  });

  it('drops events below its level', () => {
    expect(logged({ event: 'shutdown', reason: 'x' }, { level: 'warn' })).toEqual([]);
    expect(logged({ event: 'unexpected-error', error: new Error('x') }, { level: 'silent' })).toEqual([]);
  });

  it('writes errors with their causes and without fields that libraries attach', () => {
    const cause = Object.assign(new Error('refused'), { request: { headers: { authorization: 'hunter2' } } });
    const [line = ''] = logged({ event: 'unexpected-error', error: new Error('lost', { cause }) });
    expect(JSON.parse(line)).toMatchObject({
      error: { message: 'lost', cause: { name: 'Error', message: 'refused' } },
    });
    expect(line).not.toContain('hunter2');
  });

  it('is safe for a terminal: hidden characters are escaped and survive in the JSON', () => {
    const reason = '\u001b[2J\u009b31m\u202egpj\u{e0041}\u200b';
    const [line = ''] = logged({ event: 'shutdown', reason });
    expect(line).toMatch(/^[ -~]*\n$/);
    expect(JSON.parse(line)).toMatchObject({ reason });
  });

  it('masks all of a secret that begins with another one', () => {
    const reason = 'not companykey-of-the-lab';
    const [line = ''] = logged({ event: 'shutdown', reason }, { secrets: ['companykey', 'companykey-of-the-lab'] });
    expect(JSON.parse(line)).toMatchObject({ reason: 'not ***' });
  });

  it.each([
    ['a token', 'sent Bearer abc.def-123'],
    ['a basic login', 'sent basic aGk6aHVudGVy'],
    ['a login in a URL', 'at http://me:hunter2@host/x'],
    ['a query', 'at http://host/x?key=hunter2&b'],
    ['a part of a configured secret', 'token opensesame is wrong'],
    ['a configured secret', 'the server answered "swordfish\\1"'],
  ])('masks %s', (_, text) => {
    const [line = ''] = logged(
      { event: 'server-error', server: 's', url: 'http://host', error: text },
      { secrets: ['"swordfish\\1"', 'Token opensesame'] },
    );
    expect(line).not.toMatch(/abc\.def|aGk6|hunter2|swordfish|opensesame/);
    expect((JSON.parse(line) as { error: string }).error).toContain('***');
  });
});
