import type { GracefulRestart, Open } from '../packet/message.ts';
import { VERSION } from '../packet/message.ts';
import { FAMILIES } from '../packet/nlri.ts';
import type { NotificationName } from '../packet/notification.ts';
import { isRouterId } from '../packet/router-id.ts';
import type { Negotiated, PeerFsmSettings } from './fsm.ts';

/** The shortest hold time that is no zero, in seconds (RFC 4271 §4.2). */
const MIN_HOLD_TIME_SECONDS = 3;

/** The outcome of the peer's OPEN: a session, or the error with which it is refused (RFC 4271 §6.2). */
export type Negotiation =
  | { readonly ok: true; readonly negotiated: Negotiated }
  | { readonly ok: false; readonly notification: NotificationName; readonly reason: string };

/** Holds the peer's OPEN against what this side says and expects (RFC 4271 §6.2, RFC 5492 §4). */
export function negotiate(open: Open, settings: PeerFsmSettings): Negotiation {
  return refusal(open, settings) ?? { ok: true, negotiated: agreement(open, settings) };
}

function refusal(open: Open, { local, peerAsn }: PeerFsmSettings): Negotiation | undefined {
  if (open.version !== VERSION) {
    return refuse('unsupported-version', `version ${open.version} is not spoken here, only ${VERSION}`);
  }
  if (open.asn !== peerAsn) {
    return refuse('bad-peer-as', `AS ${open.asn} came where AS ${peerAsn} is configured`);
  }
  if (!isRouterId(open.routerId)) {
    return refuse('bad-bgp-identifier', 'the router id is no dotted quad, or is 0.0.0.0');
  }
  // Two ASes may use the same identifier (RFC 6286 §2.1); inside one it must be unique.
  if (open.asn === local.asn && open.routerId === local.routerId) {
    return refuse('bad-bgp-identifier', `${open.routerId} is our own router id`);
  }
  const holdTime = holdTimeRefusal(open.holdTimeSeconds, local.holdTimeSeconds);
  if (holdTime !== undefined) return refuse('unacceptable-hold-time', holdTime);
  if (commonFamilies(open, local.capabilities.families).length === 0) {
    return refuse('unsupported-capability', 'no address family in common');
  }
  return undefined;
}

function refuse(notification: NotificationName, reason: string): Negotiation {
  return { ok: false, notification, reason };
}

/** Returns the reason to refuse a hold time, if any. 0 keeps the routes of a vanished peer for ever, so both sides must ask for it. */
function holdTimeRefusal(theirs: number, ours: number): string | undefined {
  if (theirs === 0) return ours === 0 ? undefined : 'a hold time of 0 s is taken only where our own is 0 s too';
  return theirs >= MIN_HOLD_TIME_SECONDS ? undefined : `a hold time of ${theirs} s is neither 0 nor at least 3 s`;
}

function commonFamilies(open: Open, own: Negotiated['families']): Negotiated['families'] {
  return FAMILIES.filter((family) => own.includes(family) && open.capabilities.families.includes(family));
}

function agreement(open: Open, { local }: PeerFsmSettings): Negotiated {
  const ours = local.capabilities;
  const theirs = open.capabilities;
  return {
    routerId: open.routerId,
    holdTimeSeconds: Math.min(open.holdTimeSeconds, local.holdTimeSeconds),
    families: commonFamilies(open, ours.families),
    routeRefresh: ours.routeRefresh && theirs.routeRefresh,
    proofs: ours.proofs && theirs.proofs,
    sameDecision: ours.decision === theirs.decision,
    ...gracefulRestart(ours.gracefulRestart, theirs.gracefulRestart),
  };
}

/**
 * Agrees on graceful restart only when both sides say it (RFC 4724 §4). The RFC takes the restart time of the peer, whose
 * routes are kept; here it is the smaller of both, because each side decides itself how long it calls routes of a router that
 * is gone.
 */
function gracefulRestart(
  ours: GracefulRestart | undefined,
  theirs: GracefulRestart | undefined,
): { readonly gracefulRestart?: GracefulRestart } {
  if (ours === undefined || theirs === undefined) return {};
  const restartTimeSeconds = Math.min(ours.restartTimeSeconds, theirs.restartTimeSeconds);
  return { gracefulRestart: { ...theirs, restartTimeSeconds } };
}
