import type { Asn } from '../../../src/bgp/packet/asn.ts';
import type { PathAttributes } from '../../../src/bgp/packet/attributes.ts';
import type { Message, Update } from '../../../src/bgp/packet/message.ts';
import type { Nlri } from '../../../src/bgp/packet/nlri.ts';
import { decodeMessage } from '../../../src/bgp/packet/wire-decode.ts';
import { encodeMessage } from '../../../src/bgp/packet/wire-encode.ts';
import { Dialler } from '../../../src/peering/dialler.ts';
import { drawLife, hashLife } from '../../../src/peering/life.ts';
import type { Link } from '../../../src/peering/link.ts';
import { Sessions } from '../../../src/peering/sessions.ts';
import type { Heard, Probe } from './contender.ts';

const EMPTY: Update = { type: 'update', withdrawn: [], reach: [], proofs: [] };

/** As many routes to an UPDATE as one of BGP-4 has room for. */
const PER_UPDATE = 1_000;
const NAME = 'agent-';

/** A probe that speaks the protocol of our routers. */
export class ProbePeer implements Probe {
  readonly #asn: Asn;
  readonly #link: Link;
  readonly #secrets = new Map<Nlri, string>();
  #established: () => void = () => undefined;
  #listener: (heard: Heard) => void = () => undefined;

  private constructor(asn: Asn, link: Link) {
    this.#asn = asn;
    this.#link = link;
  }

  /** Resolves when there is a session with the router, which must have this AS among its peers. */
  static async connect(asn: Asn, router: { readonly asn: Asn; readonly url: string }): Promise<ProbePeer> {
    const routerId = `10.1.${(asn >> 8) & 255}.${asn & 255}`;
    const dialler = new Dialler({
      local: { asn, routerId },
      url: undefined,
      peer: (id) => ({ id, asn: router.asn, url: router.url, key: undefined }),
      sessions: new Sessions(),
      fetch: globalThis.fetch,
      expect: () => undefined,
    });
    const link = await dialler.dial('router', AbortSignal.timeout(10_000));
    const probe = new ProbePeer(asn, link);
    link.open({
      received: (json) => {
        probe.#receive(json);
      },
      tooLarge: () => undefined,
      drained: () => undefined,
      lost: () => undefined,
    });
    const capabilities = { families: ['agent', 'capability'], routeRefresh: true, proofs: true, decision: '' } as const;
    const established = new Promise<void>((resolve) => {
      probe.#established = resolve;
    });
    probe.#say({ type: 'open', version: 4, asn, routerId, holdTimeSeconds: 0, capabilities });
    await established;
    return probe;
  }

  /** Passes on what is heard from now on. */
  listen(listener: (heard: Heard) => void): void {
    this.#listener = listener;
  }

  announcing(routes: readonly number[]): () => void {
    return this.#saying(inBatches(routes).map((batch) => this.#announcement(batch)));
  }

  withdrawing(routes: readonly number[]): () => void {
    return this.#saying(inBatches(routes).map((batch) => this.#withdrawal(batch)));
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  /** As with every probe, what is said is ready before the time runs. */
  #saying(messages: readonly Message[]): () => void {
    const ready = messages.map(encodeMessage);
    return () => {
      for (const message of ready) this.#link.send(message);
    };
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

  #say(message: Message): void {
    this.#link.send(encodeMessage(message));
  }

  #receive(json: unknown): void {
    const at = performance.now();
    const decoded = decodeMessage(json, hashLife);
    if (!decoded.ok) throw new Error(`the router said what cannot be read: ${decoded.reason}`);
    const { message } = decoded;
    if (message.type === 'open') this.#say({ type: 'keepalive' });
    if (message.type === 'keepalive') this.#established();
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
