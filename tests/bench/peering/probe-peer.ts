import type { Asn } from '../../../src/core/bgp/packet/asn.ts';
import type { PathAttributes } from '../../../src/core/bgp/packet/attributes.ts';
import type { Update } from '../../../src/core/bgp/packet/message.ts';
import type { Nlri } from '../../../src/core/bgp/packet/nlri.ts';
import { decodeMessage } from '../../../src/core/bgp/packet/wire-decode.ts';
import { drawLife, hashLife } from '../../../src/control-plane/speaker/draw-life.ts';
import type { Heard, Probe } from './contender.ts';
import { RawSession } from './raw-session.ts';

const EMPTY: Update = { type: 'update', withdrawn: [], reach: [], proofs: [] };

/** As many routes to an UPDATE as one of BGP-4 has room for. */
const PER_UPDATE = 1_000;
const NAME = 'agent-';

/** A probe that speaks the protocol of our routers. */
export class ProbePeer implements Probe {
  readonly #asn: Asn;
  readonly #session: RawSession;
  readonly #secrets = new Map<Nlri, string>();
  #listener: (heard: Heard) => void = () => undefined;

  private constructor(asn: Asn, session: RawSession) {
    this.#asn = asn;
    this.#session = session;
  }

  /** Resolves when there is a session with the router, which must have this AS among its peers. */
  static async connect(asn: Asn, url: string): Promise<ProbePeer> {
    const routerId = `10.1.${(asn >> 8) & 255}.${asn & 255}`;
    const session = await RawSession.open(url, { asn, routerId });
    const probe = new ProbePeer(asn, session);
    const capabilities = { families: ['agent', 'capability'], routeRefresh: true, proofs: true, decision: '' } as const;
    await new Promise<void>((established) => {
      session.listen((json, at) => {
        probe.#receive(json, at, established);
      });
      session.sending([{ type: 'open', version: 4, asn, routerId, holdTimeSeconds: 90, capabilities }])();
    });
    return probe;
  }

  /** Passes on what is heard from now on. */
  listen(listener: (heard: Heard) => void): void {
    this.#listener = listener;
  }

  announcing(routes: readonly number[]): () => void {
    return this.#session.sending(inBatches(routes).map((batch) => this.#announcement(batch)));
  }

  withdrawing(routes: readonly number[]): () => void {
    return this.#session.sending(inBatches(routes).map((batch) => this.#withdrawal(batch)));
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** Every route has a life of its own. */
  #announcement(nlris: readonly Nlri[]): Update {
    const reach = nlris.map((nlri) => {
      const { life, secret } = drawLife(nlri);
      this.#secrets.set(nlri, secret);
      return { nlri, life };
    });
    const attributes: PathAttributes = {
      asPath: [this.#asn],
      nextHop: '',
      localPref: 100,
      med: 0,
      communities: ['region:eu'],
      capabilities: ['coding/typescript'],
      originTime: Date.now(),
    };
    return { ...EMPTY, attributes, reach };
  }

  /** Ends routes, and proves it. */
  #withdrawal(withdrawn: readonly Nlri[]): Update {
    const proofs = withdrawn.map((nlri) => {
      const secret = this.#secrets.get(nlri) ?? '';
      return { nlri, secret, life: hashLife(nlri, secret) };
    });
    return { ...EMPTY, withdrawn, proofs };
  }

  #receive(json: unknown, at: number, established: () => void): void {
    const decoded = decodeMessage(json, hashLife);
    if (!decoded.ok) throw new Error(`the router said what cannot be read: ${decoded.reason}`);
    const { message } = decoded;
    if (message.type === 'open' || message.type === 'keepalive') this.#session.sending([{ type: 'keepalive' }])();
    if (message.type === 'keepalive') established();
    if (message.type === 'notification') throw new Error(`the router closes: ${message.reason ?? message.code}`);
    if (message.type !== 'update') return;
    for (const nlri of message.withdrawn) this.#listener({ route: routeOf(nlri), reachable: false, at });
    for (const { nlri } of message.reach) this.#listener({ route: routeOf(nlri), reachable: true, at });
  }
}

function inBatches(routes: readonly number[]): Nlri[][] {
  return Array.from({ length: Math.ceil(routes.length / PER_UPDATE) }, (_, at) =>
    routes.slice(at * PER_UPDATE, (at + 1) * PER_UPDATE).map((route) => `${NAME}${route}`),
  );
}

function routeOf(nlri: Nlri): number {
  return Number(nlri.slice(NAME.length));
}
