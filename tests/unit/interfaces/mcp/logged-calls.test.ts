import { expect, it } from 'vitest';
import { Failure } from '../../../../src/base/failure/failure.ts';
import { loggedCalls } from '../../../../src/interfaces/mcp/logged-calls.ts';
import { createLogger } from '../../../../src/base/telemetry/logger.ts';

it('logs the error of a failed call and the message of the event in separate fields', async () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', sink: { write: (line) => lines.push(line) } });
  const call = loggedCalls(
    {
      forward: () => Promise.reject(new Failure('AGENT_NOT_FOUND', 'No agent of that name.', { blames: 'nobody' })),
    },
    log,
  );
  const control = { signal: new AbortController().signal, onChunk: () => undefined, brought: () => undefined };
  const request = { targetAgentId: 'nope', messages: [], interactionType: 'generate' } as const;
  await expect(call(request, control)).rejects.toThrow('No agent of that name.');
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    event: 'call-failed',
    agent: 'nope',
    code: 'AGENT_NOT_FOUND',
    error: 'No agent of that name.',
    message: 'call failed',
  });
});
