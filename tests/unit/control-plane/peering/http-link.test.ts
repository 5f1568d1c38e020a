import { describe, expect, it } from 'vitest';
import { HttpLink } from '../../../../src/control-plane/peering/http-link.ts';
import type { Session } from '../../../../src/control-plane/peering/authenticated-session.ts';

const [local, remote] = [
  { asn: 65_101, routerId: '10.0.0.1' },
  { asn: 65_102, routerId: '10.0.0.2' },
];
const session: Session = {
  id: 'session',
  peer: 'as65102',
  account: 'as65102',
  url: undefined,
  local,
  remote,
  tokenKey: undefined,
};
const farewell = { type: 'notification', code: 1, subcode: 2, reason: 'too long' };

/** What a link that has posted a message hears when it is answered like that. */
function heardOf(answer: Response): Promise<unknown> {
  const link = new HttpLink({
    session,
    url: 'http://peer',
    fetch: () => Promise.resolve(answer),
    mayBeDeaf: false,
  });
  return new Promise((resolve) => {
    link.open({
      received: (read) => {
        const decoded = read();
        resolve(decoded.ok && decoded.message);
      },
      drained: () => {
        resolve('taken');
      },
      lost: () => {
        resolve('lost');
      },
    });
    link.send({ type: 'keepalive' });
  });
}

describe('a message that is posted', () => {
  it('is taken where the answer is success', async () => {
    expect(await heardOf(Response.json({ status: 'accepted' }))).toBe('taken');
  });

  it.each([400, 413])('ends the session by the NOTIFICATION that answers it with %i', async (status) => {
    expect(await heardOf(Response.json(farewell, { status }))).toEqual(farewell);
  });

  it('has lost the session where the other side knows it no more, whatever it says (RFC 4724 §4.2)', async () => {
    expect(await heardOf(Response.json(farewell, { status: 401 }))).toBe('lost');
  });

  it.each(['', '<html>', '{"error":"bad"}'])(
    'has lost the session where a 400 is no NOTIFICATION: %j',
    async (body) => {
      expect(await heardOf(new Response(body, { status: 400 }))).toBe('lost');
    },
  );
});
