import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HeldBodies, type HeldBody } from '../../../../src/interfaces/front/held-bodies.ts';

const MIB = 1024 * 1024;

type Headers = Readonly<Record<string, string>>;

/** A body that arrives in parts of these sizes. It records how much was read. */
function incoming(parts: readonly number[], headers: Headers = {}) {
  let read = 0;
  const body = (async function* () {
    for (const size of parts) {
      await Promise.resolve();
      read += size;
      yield Buffer.alloc(size, 'x');
    }
  })();
  return { body, header: (name: string) => headers[name], read: () => read };
}

const declared = (mebibytes: number) => ({ 'content-length': String(mebibytes * MIB) });

const FULL = { code: 'SERVER_UNAVAILABLE', reached: 'no', details: { retryAfterMs: 1_000 } };

let bodies: HeldBodies;

beforeEach(() => {
  bodies = new HeldBodies();
});
afterEach(() => {
  vi.useRealTimers();
});

async function hold(caller: string, mebibytes: number): Promise<HeldBody> {
  const held = bodies.begin(caller);
  try {
    expect(await held.read(incoming(Array.from({ length: mebibytes }, () => MIB)))).toHaveLength(mebibytes * MIB);
  } catch (error) {
    held.release();
    throw error;
  }
  return held;
}

describe('held bodies', () => {
  it('are read unchanged', async () => {
    const held = bodies.begin('a');
    const body = Readable.from([
      Buffer.from('{"wor'),
      Buffer.from('ds":"gr\u00fc\u00df'),
      Buffer.from([0xc3]),
      Buffer.from([0xb6, 0x22, 0x7d]),
    ]);
    expect(await held.read({ body, header: () => undefined })).toBe('{"words":"gr\u00fc\u00df\u00f6"}');
    held.release();
  });

  it('of one caller take at most half of the memory, and leave the rest to others', async () => {
    const held = [await hold('flood', 16), await hold('flood', 8)];
    await expect(hold('flood', 1)).rejects.toMatchObject(FULL);
    held.push(await hold('other', 12));
    await expect(hold('other', 1)).rejects.toMatchObject(FULL);
    held.push(await hold('another', 6));
    for (let more = 0; more < 3; more += 1) held.push(await hold(`more${more}`, 1));
    for (const body of held) body.release();
    await hold('flood', 16);
  });

  it('are rejected unread if their declared length does not fit', async () => {
    const held = [await hold('flood', 16), await hold('flood', 7)];
    const late = incoming([2 * MIB], declared(2));
    await expect(bodies.begin('flood').read(late)).rejects.toMatchObject(FULL);
    const huge = incoming([17 * MIB], declared(17));
    await expect(bodies.begin('other').read(huge)).rejects.toMatchObject({ code: 'INVALID_REQUEST', reached: 'no' });
    expect([late.read(), huge.read()]).toEqual([0, 0]);
    held.push(await hold('flood', 1));
    for (const body of held) body.release();
  });

  it('are rejected as they grow if they declare no length or too little, and free their memory', async () => {
    for (const headers of [{}, declared(1)]) {
      const endless = incoming(
        Array.from({ length: 40 }, () => MIB),
        headers,
      );
      const held = bodies.begin('flood');
      await expect(held.read(endless)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
      expect(endless.read()).toBe(17 * MIB);
      held.release();
    }
    const all = [await hold('flood', 16), await hold('flood', 8)];
    for (const body of all) body.release();
  });

  it('time out if they are not complete in time, and then take no memory', async () => {
    vi.useFakeTimers();
    let goOn = (): void => undefined;
    const body = (async function* () {
      yield Buffer.alloc(16 * MIB);
      await new Promise<void>((resolve) => (goOn = resolve));
      yield Buffer.alloc(0);
    })();
    const held = bodies.begin('slow');
    const late = expect(held.read({ body, header: () => undefined })).rejects.toMatchObject({
      code: 'TIMEOUT',
      reached: 'no',
    });
    await vi.advanceTimersByTimeAsync(30_000);
    await late;
    held.release();
    goOn();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
    await hold('slow', 16);
    await hold('slow', 8);
  });

  it('are rejected if they are compressed', async () => {
    const zipped = incoming([10], { 'content-encoding': 'gzip' });
    await expect(bodies.begin('a').read(zipped)).rejects.toMatchObject({ code: 'INVALID_REQUEST', reached: 'no' });
    expect(zipped.read()).toBe(0);
    expect(await bodies.begin('a').read(incoming([10], { 'content-encoding': 'identity' }))).toHaveLength(10);
  });
});
