import { callRoutes, hasCrossed } from '../bgp/lookup.ts';
import type { Crossed } from '../bgp/packet/crossed.ts';
import type { Nlri } from '../bgp/packet/nlri.ts';
import type { PeerId, Route } from '../bgp/rib/route.ts';
import { delay } from './channel.ts';
import type { Clock } from './clock.ts';
import type { Network } from './simulated-network.ts';
import type { Random } from './random.ts';

/** The outcome of a call, and the routers that it came to. */
export interface CallReport {
  readonly atMs: number;
  readonly router: string;
  readonly target: Nlri;
  /** The router whose agent answered, or undefined. */
  readonly answeredBy: string | undefined;
  readonly code: FailureCode | undefined;
  /** Every router that the call came to, in order, failed attempts included. */
  readonly visited: readonly string[];
  readonly tookMs: number;
}

/** The failure that a caller sees when no agent answered. */
export type FailureCode = 'AGENT_NOT_FOUND' | 'LOOP_DETECTED' | 'SERVER_UNAVAILABLE' | 'TIMEOUT';

/** The most hops of a call from router to router. */
const HOP_LIMIT = 16;
/** The most attempts of a call, at all routers together. A hop is none: only a try that follows a failure is another one. */
const ATTEMPTS = 4;
const TIMEOUT_MS = 30_000;
/** The time that an agent needs for its answer. */
const AGENT_MS = 1;

/** A call on its way into a router. */
interface Request {
  readonly nlri: Nlri;
  readonly from: PeerId | undefined;
  readonly crossed: readonly Crossed[];
  readonly hopsLeft: number;
  /** The number of attempts that are left after a failure. */
  readonly attempts: number;
}

/** The reply of a router. The routers crossed and the attempts left come back too, so that no other attempt repeats them. */
type Reply =
  | { readonly ok: true; readonly by: string }
  | {
      readonly ok: false;
      readonly code: FailureCode;
      /** The chance that an agent was reached: after `maybe` no router tries again. */
      readonly reached: 'no' | 'maybe';
      readonly crossed: readonly Crossed[];
      readonly attempts: number;
    };

type Answer = (reply: Reply) => void;

/** Carries calls through a network, hop by hop, as its tables stand at each router when the call comes by. */
export class Caller {
  readonly reports: CallReport[] = [];
  readonly #network: Network;
  readonly #clock: Clock;
  readonly #random: Random;
  #pending = 0;

  constructor(network: Network, clock: Clock, random: Random) {
    this.#network = network;
    this.#clock = clock;
    this.#random = random;
  }

  get pending(): boolean {
    return this.#pending > 0;
  }

  call(router: string, target: Nlri): void {
    const visited: string[] = [];
    const atMs = this.#clock.now;
    this.#pending++;
    const request = { nlri: target, from: undefined, crossed: [], hopsLeft: HOP_LIMIT, attempts: ATTEMPTS - 1 };
    this.#withTimeout(
      request,
      (reply) => {
        this.#pending--;
        const answeredBy = reply.ok ? reply.by : undefined;
        const code = reply.ok ? undefined : reply.code;
        this.reports.push({ atMs, router, target, answeredBy, code, visited, tookMs: this.#clock.now - atMs });
      },
      (answer) => {
        this.#enter(router, request, visited, answer);
      },
    );
  }

  #enter(name: string, request: Request, visited: string[], answer: Answer): void {
    visited.push(name);
    const { speaker } = this.#network.router(name);
    const { crossed, attempts } = request;
    if (speaker === undefined)
      return answer({ ok: false, code: 'SERVER_UNAVAILABLE', reached: 'no', crossed, attempts });
    const refused = hasCrossed(speaker, crossed) || request.hopsLeft < 0;
    if (refused) return answer({ ok: false, code: 'LOOP_DETECTED', reached: 'no', crossed, attempts });
    const { asn, routerId } = speaker.settings;
    this.#tryNext(name, { ...request, crossed: [...crossed, { asn, routerId }] }, visited, new Set(), answer);
  }

  /** Tries what this router has besides what was tried; a call that failed further on has crossed more routers by now. */
  #tryNext(name: string, request: Request, visited: string[], tried: ReadonlySet<string>, answer: Answer): void {
    const { crossed, attempts } = request;
    const route = this.#routes(name, request).find(({ attributes }) => !tried.has(attributes.nextHop));
    if (route === undefined) return answer({ ok: false, code: 'AGENT_NOT_FOUND', reached: 'no', crossed, attempts });
    this.#attempt(name, route, request, visited, (reply) => {
      if (reply.ok || reply.reached === 'maybe' || reply.attempts === 0) return answer(reply);
      const nowTried = new Set([...tried, route.attributes.nextHop]);
      const again = { ...request, crossed: reply.crossed };
      const isLast = this.#routes(name, again).every(({ attributes }) => nowTried.has(attributes.nextHop));
      if (isLast) return answer(reply);
      this.#tryNext(name, { ...again, attempts: reply.attempts - 1 }, visited, nowTried, answer);
    });
  }

  #routes(name: string, { nlri, from, crossed }: Request): readonly Route[] {
    const { speaker } = this.#network.router(name);
    return speaker === undefined ? [] : callRoutes(speaker, nlri, { from, crossed, required: [] });
  }

  #attempt(name: string, route: Route, request: Request, visited: string[], answer: Answer): void {
    const { source } = route;
    const { crossed, attempts } = request;
    if (source.kind !== 'peer') {
      this.#after(AGENT_MS, () => {
        answer({ ok: true, by: name });
      });
      return;
    }
    const link = this.#network.link(name, source.id);
    const peer = this.#network.router(source.id);
    const travel = (): number => delay(link.conditions, this.#random);
    if (!link.up || !peer.alive) {
      this.#after(2 * travel(), () => {
        answer({ ok: false, code: 'SERVER_UNAVAILABLE', reached: 'no', crossed, attempts });
      });
      return;
    }
    const passed = { ...request, nlri: route.nlri, from: name, hopsLeft: request.hopsLeft - 1 };
    this.#withTimeout(passed, answer, (reply) => {
      this.#after(travel(), () => {
        // What is lost on the way is not found out before the time is over.
        if (!link.up || link.partitioned || !peer.alive) return;
        this.#enter(source.id, passed, visited, (made) => {
          this.#after(travel(), () => {
            if (link.up && !link.partitioned && peer.alive) reply(made);
          });
        });
      });
    });
  }

  /** Answers once: with what comes, or when the time is over. */
  #withTimeout({ crossed, attempts }: Request, answer: Answer, begin: (answer: Answer) => void): void {
    let answered = false;
    const once = (reply: Reply): void => {
      if (!answered) answer(reply);
      answered = true;
    };
    this.#clock.schedule(
      this.#clock.now + TIMEOUT_MS,
      () => {
        once({ ok: false, code: 'TIMEOUT', reached: 'maybe', crossed, attempts });
      },
      false,
    );
    begin(once);
  }

  #after(ms: number, run: () => void): void {
    this.#clock.schedule(this.#clock.now + ms, run, true);
  }
}
