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

/** Returns the result of posting a message that gets this answer. */
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
  it('is accepted if the answer is success', async () => {
    expect(await heardOf(Response.json({ status: 'accepted' }))).toBe('taken');
  });

  it.each([400, 413])('ends the session with the NOTIFICATION of the answer %i', async (status) => {
    expect(await heardOf(Response.json(farewell, { status }))).toEqual(farewell);
  });

  it('loses the session if the other side no longer knows it, whatever the body (RFC 4724 §4.2)', async () => {
    expect(await heardOf(Response.json(farewell, { status: 401 }))).toBe('lost');
  });

  it.each(['', '<html>', '{"error":"bad"}'])(
    'loses the session if the body of a 400 is not a NOTIFICATION: %j',
    async (body) => {
      expect(await heardOf(new Response(body, { status: 400 }))).toBe('lost');
    },
  );
});
