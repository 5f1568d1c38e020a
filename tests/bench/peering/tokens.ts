import { drawNonce } from '../../../src/control-plane/peering/handshake.ts';
import type { Session } from '../../../src/control-plane/peering/authenticated-session.ts';
import { credentials, Sessions } from '../../../src/control-plane/peering/sessions.ts';
import { median, type Bench } from '../row.ts';

const ROUNDS = 20;
const TOKENS_PER_ROUND = 500;

/** What a key adds to every request: each has a token of its own, which one router signs and the other one checks. */
export const tokens: Bench = async (note) => {
  const [a, b] = [
    { asn: 65_101, routerId: '10.0.0.1' },
    { asn: 65_102, routerId: '10.0.0.2' },
  ];
  const theirs: Session = {
    id: drawNonce(),
    url: undefined,
    peer: 'b',
    local: b,
    remote: a,
    account: 'as65102',
    tokenKey: new Uint8Array(32).fill(7),
  };
  const sessions = new Sessions();
  sessions.add({ ...theirs, local: a, remote: b });
  const figures: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const started = performance.now();
    for (let token = 0; token < TOKENS_PER_ROUND; token++) {
      const headers = await credentials(theirs);
      await sessions.authenticate((name) => headers[name]);
    }
    // The first round warms up and does not count.
    if (round > 0) figures.push(((performance.now() - started) / TOKENS_PER_ROUND) * 1_000);
    note(`tokens: round ${round}/${ROUNDS}`);
  }
  sessions.stop();
  return [{ what: 'added to a request by a key: a token signed and checked', ours: median(figures), unit: 'us' }];
};
