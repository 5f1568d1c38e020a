import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { protocolSchema, SCHEMA_FILE } from '../../../tools/protocol-schema.ts';
import { freePort } from '../../../servers/free-port.ts';
import { InProcessRouter } from './in-process-router.ts';

const page = readFileSync(new URL('../../../../docs/protocol.md', import.meta.url), 'utf8');
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  for (const stop of stops.splice(0)) await stop();
});

/** The lines of the example under a heading. */
function example(heading: string): string[] {
  const [, section = ''] = page.split(`## ${heading}\n`);
  return (/```text\n([^`]*)```/.exec(section)?.[1] ?? '').trim().split('\n');
}

/** JSON in which `…` stands for any text. */
const expected = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown) => (value === '…' ? (expect.any(String) as unknown) : value));

async function router(asn: number, peer: { asn: number; url?: string }): Promise<InProcessRouter> {
  const started = new InProcessRouter({ asn, port: await freePort(), peers: [peer] });
  stops.push(() => started.stop());
  await started.start();
  return started;
}

describe('docs/protocol.md', () => {
  it('has the schema with which messages are parsed, as tests/tools/write-schema.ts writes it', () => {
    expect(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8'))).toEqual(JSON.parse(protocolSchema()));
  });

  it('shows a session by hand as it really happens', async () => {
    const { url } = await router(65_101, { asn: 65_102, url: 'http://127.0.0.1:9' });
    const lines = example('A session by hand');
    let session = '';
    for (let line = 0; line < lines.length; line += 2) {
      const [, path = '', named, body] = /^> POST (\S+)( bgp-session: …)? ?(.*)$/.exec(lines[line] ?? '') ?? [];
      const [, status, answer = ''] = /^< (\d+) (.*)$/.exec(lines[line + 1] ?? '') ?? [];
      const headers: Record<string, string> = named === undefined ? {} : { 'bgp-session': session };
      const response = await fetch(url + path, { method: 'POST', headers, ...(body && { body }) });
      const said = (await response.json()) as { session?: string };
      expect([response.status, said]).toEqual([Number(status), expected(answer)]);
      session = said.session ?? session;
    }
    expect(lines.length).toBeGreaterThan(8);
  });

  it('shows a session over WebSocket as it really happens', async () => {
    const send = vi.spyOn(WebSocket.prototype, 'send');
    /** The frames of each end of the session. The warm-up also opens sessions, which are left out. */
    const said = () => {
      const frames = new Map<unknown, unknown[]>();
      for (const [index, [frame]] of send.mock.calls.entries()) {
        const socket = send.mock.contexts[index];
        frames.set(socket, [...(frames.get(socket) ?? []), JSON.parse(frame as string)]);
      }
      return [...frames.values()].filter(([open]) => /"asn":6510[12]/.test(JSON.stringify(open)));
    };
    const answerer = await router(65_102, { asn: 65_101 });
    const dialler = new InProcessRouter({
      asn: 65_101,
      port: await freePort(),
      peers: [{ asn: 65_102, url: answerer.url }],
    });
    dialler.originate('weather');
    await dialler.start();
    await vi.waitFor(() => {
      expect(said().flat()).toHaveLength(9);
    });
    dialler.end('weather');
    await vi.waitFor(() => {
      expect(said().flat()).toHaveLength(10);
    });
    await dialler.stop();
    const shown = (asn: number) =>
      example('A session over WebSocket').flatMap((line) =>
        line.startsWith(`${asn} `) ? [expected(line.slice(6))] : [],
      );
    const actual = said();
    const isDialler = (frames: unknown[]) => JSON.stringify(frames[0]).includes('65101');
    expect(actual.find(isDialler)).toEqual(shown(65_101));
    expect(actual.find((frames) => !isDialler(frames))).toEqual(shown(65_102));
  });
});
