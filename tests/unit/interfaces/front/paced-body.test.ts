import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Deadline } from '../../../../src/data-plane/forwarding/deadline.ts';
import { pacedBody } from '../../../../src/interfaces/front/paced-body.ts';
import { cleanReplies } from '../../../../src/servers/api/clean-replies.ts';
import { SecretMask } from '../../../../src/base/telemetry/secret-mask.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const line = (chunk: number) => new TextEncoder().encode(`${chunk}\n`);

function setting() {
  const deadline = new Deadline(new AbortController().signal, 1_000);
  let source: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (source = controller) });
  return {
    deadline,
    reader: pacedBody(body, deadline, cleanReplies(new SecretMask([])).stream()).getReader(),
    source: source!,
  };
}

it('a body that keeps arriving renews its deadline and stops it at its end', async () => {
  const { deadline, reader, source } = setting();
  for (let chunk = 0; chunk < 5; chunk += 1) {
    await vi.advanceTimersByTimeAsync(900);
    source.enqueue(line(chunk));
    expect((await reader.read()).value).toEqual(line(chunk));
  }
  expect(deadline.signal.aborted).toBe(false);
  source.close();
  expect((await reader.read()).done).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

it('a silent body exceeds the deadline', async () => {
  const { deadline } = setting();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(deadline.signal.aborted).toBe(true);
});

it('a reader that cancels stops the deadline', async () => {
  const { reader } = setting();
  await reader.cancel();
  expect(vi.getTimerCount()).toBe(0);
});

it('a broken body stops the deadline, and its reader gets the error', async () => {
  const { reader, source } = setting();
  source.error(new Error('cable cut'));
  await expect(reader.read()).rejects.toThrow('cable cut');
  expect(vi.getTimerCount()).toBe(0);
});
