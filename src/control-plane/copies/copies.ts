import { setTimeout as elapsed } from 'node:timers/promises';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { Egress } from '../../base/egress/egress.ts';
import { Failure } from '../../base/failure/failure.ts';
import type { Peering } from '../peering/peering.ts';
import { serveView, type ServedRooms } from '../peering/served-rooms.ts';
import type { Log } from '../../base/telemetry/log-event.ts';
import { callForCopy, type CallForCopyOptions } from './call-for-copy.ts';
import { Election, type Role } from './election.ts';
import { join, type Joining, type Membership } from './membership.ts';
import { SharedRouter } from './shared-router.ts';
import type { SharedSettings } from './shared-settings.ts';
import { socketPath } from './socket-path.ts';
import type { UserSecret } from './user-secret.ts';

export interface CopiesOptions extends Pick<CallForCopyOptions, 'urlOf'> {
  readonly peering: Peering;
  readonly listen: { readonly host: string; readonly port: number };
  readonly secret: UserSecret;
  readonly settings: SharedSettings;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}

type Fetch = typeof globalThis.fetch;

/** Longest time that calls wait for a session while another copy takes over. */
const TAKE_OVER_MS = 3_000;

/** Time for copies that stop together with the owner to disconnect, in milliseconds. */
const OTHERS_LEAVE_MS = 100;

/** Base of all URLs at the owner's socket. The host name does not resolve. */
const OWNER = 'http://owner.invalid';

/** Failure of a call because the owner ended while it forwarded the call. */
class OwnerLost extends Failure {
  constructor(peer: PeerId, cause: Failure) {
    const message = `The copy of this program that forwarded the call to ${peer} has ended. The agent may have received the request.`;
    super('SERVER_UNAVAILABLE', message, { blames: 'server', reached: cause.reached, cause });
  }
}

/**
 * Joins all copies that want the same port into one router. One copy owns the port and the sessions with peers; the
 * others follow it.
 */
export class Copies {
  readonly #options: CopiesOptions;
  readonly #election = new Election();
  readonly #place: { readonly path: string; readonly secret: string } | { readonly reason: string };
  #shared: SharedRouter | undefined;
  #toOwner: Egress | undefined;
  #hasPeers = false;
  #settledAt = 0;

  constructor(options: CopiesOptions) {
    this.#options = options;
    this.#place = placeOf(options);
  }

  /** Starts to look for other copies. As owner, this copy answers requests from `rooms`. */
  start(rooms: ServedRooms): void {
    this.#election.start({
      takePort: () => this.#options.peering.listen(rooms),
      join: () => this.#join(),
      became: (role) => {
        this.#became(role, rooms);
      },
    });
  }

  /** Number of other copies that follow this one. */
  get followers(): number {
    return this.#shared?.size ?? 0;
  }

  /** Returns a sentence with the reason why this copy runs without its peers, or undefined if it does not. */
  notice(): string | undefined {
    const { role } = this.#election;
    return role.type === 'alone' ? `This copy runs alone, without its peers: ${role.reason}.` : undefined;
  }

  /**
   * Sends a request to a peer: through `own`, or through the owner if this copy is a follower. Waits while a copy takes
   * over.
   */
  async fetch(peer: PeerId, own: Fetch, ...[input, init]: Parameters<Fetch>): Promise<Response> {
    await this.#settled(peer, init?.signal);
    const { role } = this.#election;
    if (role.type !== 'follower' || this.#toOwner === undefined) return own(input, init);
    try {
      return await this.#toOwner.fetch(viaOwner(peer, input), init);
    } catch (error) {
      // A refusal of the peer arrives as a response. `reached: no` therefore means that the owner is gone.
      if (!(error instanceof Failure) || error.code !== 'SERVER_UNAVAILABLE') throw error;
      if (error.reached !== 'no') throw new OwnerLost(peer, error);
      const isGone = await Promise.race([
        role.membership.lost.then(() => true),
        elapsed(TAKE_OVER_MS, false, { ref: false }),
      ]);
      if (!isGone) throw error;
      return this.fetch(peer, own, input, init);
    }
  }

  /** Leaves the other copies. Resolves with true if one of them takes over. */
  async stop(): Promise<boolean> {
    // An editor that quits stops all its copies at once. These must not count as successors.
    if (this.followers > 0) await elapsed(OTHERS_LEAVE_MS);
    const takenOver = this.followers > 0;
    // The socket closes before the port. Otherwise, this copy could delete the socket of the next owner.
    this.#shared?.close();
    await this.#election.stop();
    void this.#toOwner?.close();
    return takenOver;
  }

  /** Aborts the requests of other copies that are still in progress. */
  end(): void {
    this.#shared?.stop();
  }

  /** Waits for the session with a peer, at most until the take-over time has passed. */
  async #settled(peer: PeerId, signal: AbortSignal | null | undefined): Promise<void> {
    const left = this.#settledAt - performance.now();
    if (left <= 0) return;
    const patience = AbortSignal.timeout(Math.ceil(left));
    const either = signal ? AbortSignal.any([signal, patience]) : patience;
    await this.#options.peering.progress.whenUp(peer, either).catch(() => undefined);
  }

  #join(): Promise<Joining> {
    const place = this.#place;
    if ('reason' in place) {
      return Promise.resolve({
        type: 'refused',
        reason: `the port is taken, and other copies cannot be found: ${place.reason}`,
      });
    }
    const { settings, peering } = this.#options;
    const heard = (frame: unknown): void => {
      peering.mirrored.take(frame);
    };
    return join({ ...place, settings, heard });
  }

  #became(role: Role, rooms: ServedRooms): void {
    const { peering, log } = this.#options;
    switch (role.type) {
      case 'owner':
        this.#hasPeers = true;
        peering.meet();
        this.#share(rooms);
        return;
      case 'follower':
        this.#hasPeers = true;
        peering.follow();
        this.#toOwner = throughOwner(role.membership);
        log({ event: 'copy-follows', owner: role.membership.ownerPid });
        return;
      case 'undecided':
        this.#settledAt = performance.now() + TAKE_OVER_MS;
        void this.#toOwner?.close();
        this.#toOwner = undefined;
        peering.mirrored.loseAll();
        log({ event: 'copy-lost-owner' });
        return;
      case 'alone':
        if (this.#hasPeers) peering.leave();
        this.#hasPeers = false;
        log({ event: 'copy-alone', reason: role.reason });
    }
  }

  #share(rooms: ServedRooms): void {
    const place = this.#place;
    const { peering, settings, urlOf, log } = this.#options;
    if ('reason' in place) {
      log({ event: 'copies-unavailable', reason: place.reason });
      return;
    }
    const failed = (error: unknown): void => {
      log({ event: 'unexpected-error', error });
    };
    this.#shared = new SharedRouter({
      ...place,
      settings,
      shared: {
        watch: (tell) => peering.mirror.watch(tell),
        call: callForCopy({ urlOf, fetchTo: (peer) => peering.fetchTo(peer) }),
        look: (url) => serveView(rooms, url),
      },
      failed,
    });
    this.#shared.open().catch((error: unknown) => {
      log({ event: 'copies-unavailable', reason: error instanceof Error ? error.message : String(error) });
    });
  }
}

function placeOf({ secret, listen, env }: CopiesOptions): { path: string; secret: string } | { reason: string } {
  if (!secret.ok) return secret;
  try {
    return { path: socketPath(listen, env), secret: secret.secret };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

function throughOwner({ path, credentials }: Membership): Egress {
  return new Egress({ targets: [{ baseUrl: OWNER, headers: credentials }], socketPath: path });
}

/** Returns the URL at the owner for a request to a peer. The owner replaces the base with the URL of the peer. */
function viaOwner(peer: PeerId, input: string | URL | Request): string {
  const { pathname, search } = new URL(input instanceof Request ? input.url : input);
  return `${OWNER}/peers/${encodeURIComponent(peer)}${pathname.slice(pathname.indexOf('/api/agents'))}${search}`;
}
