import { endLife } from './adj-rib-in.ts';
import { countFlap } from './count-flap.ts';
import { Flaps } from '../damping/flaps.ts';
import { survivors } from '../decision/select.ts';
import type { Draw, Origination, Stub } from '../state/event.ts';
import { judgeStubRoute } from './import.ts';
import { DEFAULT_LOCAL_PREF, type PathAttributes } from '../packet/attributes.ts';
import type { Community } from '../packet/community.ts';
import type { Life } from '../packet/life.ts';
import { MAX_LIST_LENGTH } from '../packet/limits.ts';
import { capabilityNlri, familyOf, type Nlri } from '../packet/nlri.ts';
import { excessOf } from '../packet/oversized.ts';
import type { LeftOut } from '../rib/left-out.ts';
import type { Entry } from '../rib/loc-rib.ts';
import type { Route, StubId } from '../rib/route.ts';
import type { Aggregate, Speaker, StubTable } from '../state/state.ts';

/** Where routes come from that no peer sent: agents of stubs, the capabilities they have, and aggregates of those. */
const SELF = { kind: 'self' } as const;

/** Takes in agents of a stub that are new or changed, but for those whose routes would say too much (RFC 4271 §9.2, §9.4). */
export function originate(
  speaker: Speaker,
  stub: Stub,
  agents: readonly Origination[],
  draws: readonly Draw[],
  now: number,
): void {
  const made: { readonly origination: Origination; readonly attributes: PathAttributes }[] = [];
  for (const origination of agents) {
    const attributes = attributesOf(stub, origination);
    const excess = excessOf(attributes);
    if (excess === undefined) {
      takeIn(speaker, origination.agent, stub.id);
      made.push({ origination, attributes });
    } else {
      const isAnnounced = speaker.stubs.get(stub.id)?.adjRibIn.has(origination.agent) === true;
      if (isAnnounced) endAgents(speaker, stub.id, [origination.agent], now);
      leaveOut(speaker, { nlri: origination.agent, stub: stub.id, excess });
    }
  }
  if (made.length === 0) return;
  const table = stubTable(speaker, stub);
  const fresh = new Map(draws.map((draw) => [draw.nlri, draw]));
  for (const { origination, attributes } of made) {
    const nlri = origination.agent;
    const received = speaker.interner.intern(attributes);
    const life = ownLife(speaker, nlri, fresh);
    for (const path of received.capabilities) ownLife(speaker, capabilityNlri(path), fresh);
    const { source } = table;
    const judgement = judgeStubRoute(speaker, table, nlri, received);
    replaceStubRoute(speaker, table, {
      nlri,
      source,
      received,
      ...judgement,
      life,
      label: origination.label,
      stale: false,
    });
  }
}

/** Takes away agents that a stub no longer has; the lives of those that nobody else here has end (RFC 4271 §9.4). */
export function endAgents(speaker: Speaker, stub: StubId, agents: readonly Nlri[], now: number): void {
  const table = speaker.stubs.get(stub);
  for (const nlri of agents) {
    takeIn(speaker, nlri, stub);
    const route = table?.adjRibIn.get(nlri);
    if (table === undefined || route === undefined) continue;
    table.adjRibIn.delete(nlri);
    speaker.locRib.remove(nlri, route.source);
    speaker.turn.dirty.add(nlri);
    unclaim(speaker, route);
    countFlap(speaker, table, nlri, 'withdrawn', now);
    if (!speaker.locRib.get(nlri)?.routes.some((left) => left.source.kind === 'stub')) endOwnLife(speaker, nlri, now);
  }
  if (table?.adjRibIn.size === 0 && !table.flaps?.size) speaker.stubs.delete(stub);
}

/** Puts a stub's route in the place of the earlier one, in the tables and among the claims to its capabilities. */
export function replaceStubRoute(speaker: Speaker, table: StubTable, route: Route): void {
  const earlier = table.adjRibIn.get(route.nlri);
  table.adjRibIn.set(route.nlri, route);
  speaker.locRib.put(route);
  speaker.turn.dirty.add(route.nlri);
  if (earlier !== undefined) unclaim(speaker, earlier);
  claim(speaker, route);
}

/**
 * Brings this router's own route to a capability up to date: that of the best agent which has the capability, or an
 * aggregate of what lies below it (RFC 4271 §9.2.2.2). Its life ends when there is nothing left that it could stand for.
 */
export function refreshSelfRoute(speaker: Speaker, nlri: Nlri, now: number): void {
  if (familyOf(nlri) !== 'capability') return;
  const claims = speaker.claims.get(nlri);
  const parts = aggregateParts(speaker, nlri);
  const claimed = claims && bestAgent(speaker, claims);
  const attributes = aggregateOf(speaker, nlri, parts, claimed) ?? claimed?.attributes;
  if (attributes !== undefined) putSelfRoute(speaker, nlri, attributes);
  else if (speaker.selfRoutes.delete(nlri)) speaker.locRib.remove(nlri, SELF);
  if (claims === undefined && parts.length === 0) endOwnLife(speaker, nlri, now);
}

/** The aggregates of this router that cover an NLRI from above and must be looked at again when it changes. */
export function aggregatesAbove(speaker: Speaker, nlri: Nlri): readonly Aggregate[] {
  return speaker.settings.aggregates.filter((aggregate) => nlri.startsWith(`${aggregate.nlri}/`));
}

/** What the Loc-RIB holds below a capability. */
export function entriesBelow(speaker: Speaker, nlri: Nlri): readonly Entry[] {
  return [...speaker.locRib.entries()].filter((entry) => entry.nlri.startsWith(`${nlri}/`));
}

/** Keeps a life for an own route that has none, or for when it begins anew. */
export function supplyDraw(speaker: Speaker, draw: Draw): void {
  speaker.spareDraws.set(draw.nlri, draw);
  speaker.turn.dirty.add(draw.nlri);
}

function stubTable(speaker: Speaker, stub: Stub): StubTable {
  const { id, asn, rank, damping } = stub;
  const known = speaker.stubs.get(id);
  const adjRibIn = known?.adjRibIn ?? new Map<Nlri, Route>();
  const flaps = known?.flaps ?? (damping && new Flaps(damping));
  const table = { stub, source: { kind: 'stub', id, asn, rank } as const, adjRibIn, flaps };
  speaker.stubs.set(id, table);
  return table;
}

function attributesOf(stub: Stub, origination: Origination): PathAttributes {
  const { med, originTime, performance, localPref = DEFAULT_LOCAL_PREF } = origination;
  return {
    asPath: [stub.asn],
    nextHop: stub.nextHop,
    localPref,
    med,
    communities: sortedUnique(origination.communities),
    capabilities: sortedUnique(origination.capabilities),
    originTime,
    ...(performance === undefined ? {} : { performance }),
  };
}

function sortedUnique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

/** The life under which this router announces an NLRI: the one that lasts, or a newly drawn one. */
function ownLife(speaker: Speaker, nlri: Nlri, fresh: ReadonlyMap<Nlri, Draw>): Life | undefined {
  const draw = speaker.ownLives.get(nlri) ?? fresh.get(nlri);
  if (draw !== undefined) speaker.ownLives.set(nlri, draw);
  return draw?.life;
}

function endOwnLife(speaker: Speaker, nlri: Nlri, now: number): void {
  const draw = speaker.ownLives.get(nlri);
  if (draw === undefined) return;
  speaker.ownLives.delete(nlri);
  endLife(speaker, draw, now);
}

function claim(speaker: Speaker, route: Route): void {
  for (const path of route.received.capabilities) {
    const nlri = capabilityNlri(path);
    const claims = speaker.claims.get(nlri) ?? new Set();
    speaker.claims.set(nlri, claims.add(route));
    speaker.turn.dirty.add(nlri);
    speaker.turn.recomposed.add(nlri);
  }
}

function unclaim(speaker: Speaker, route: Route): void {
  for (const path of route.received.capabilities) {
    const nlri = capabilityNlri(path);
    const claims = speaker.claims.get(nlri);
    claims?.delete(route);
    if (claims?.size === 0) speaker.claims.delete(nlri);
    speaker.turn.dirty.add(nlri);
    speaker.turn.recomposed.add(nlri);
  }
}

/** Returns the best of some agents: they are compared like routes to one place, and equals are told apart by name (RFC 4271 §9.1.2.2). */
export function bestAgent(speaker: Speaker, claims: Iterable<Route>): Route | undefined {
  const equals = survivors([...claims], speaker.rules);
  return equals.length < 2 ? equals[0] : equals.reduce((first, route) => (route.nlri < first.nlri ? route : first));
}

/** Returns the best routes that an aggregate of this router stands for; none if the NLRI is no aggregate (RFC 4271 §9.2.2.2). */
export function aggregateParts(speaker: Speaker, nlri: Nlri): readonly Route[] {
  if (!speaker.settings.aggregates.some((aggregate) => aggregate.nlri === nlri)) return [];
  return entriesBelow(speaker, nlri).flatMap(({ best }) => best ?? []);
}

/** What an aggregate says of its parts; undefined where there is none of them, or where it would say too much (RFC 4271 §9.2). */
function aggregateOf(
  speaker: Speaker,
  nlri: Nlri,
  parts: readonly Route[],
  claimed: Route | undefined,
): PathAttributes | undefined {
  const made = parts.length === 0 ? undefined : aggregated(claimed ? [claimed, ...parts] : parts);
  const excess = made && excessOf(made);
  if (excess === undefined) {
    takeIn(speaker, nlri, undefined);
    return made;
  }
  leaveOut(speaker, { nlri, stub: undefined, excess });
  return undefined;
}

/** Makes one route of many: their ASes as a set, every community, the best of health, the longest standing (RFC 4271 §9.2.2.2). */
export function aggregated(parts: readonly Route[]): PathAttributes {
  const ofPeers = new Set(parts.filter(({ source }) => source.kind === 'peer').map(({ attributes }) => attributes));
  const crossed = [...ofPeers].flatMap(({ asPath }) => asPath.flat());
  const asns = [...new Set(crossed)].sort((a, b) => a - b);
  // Many parts share few sets.
  const all = [...new Set(parts.map(({ attributes }) => attributes))];
  return {
    asPath: asns.length === 0 ? [] : [asns.slice(0, MAX_LIST_LENGTH / 2)],
    nextHop: '',
    localPref: DEFAULT_LOCAL_PREF,
    med: least(all.map((attributes) => attributes.med)),
    communities: union(all.map((attributes) => attributes.communities)),
    capabilities: [],
    originTime: least(all.map((attributes) => attributes.originTime)),
    aggregate: true,
  };
}

/** All of them, or so many that they are too many for a route. */
function union(lists: readonly (readonly Community[])[]): Community[] {
  const communities = new Set<Community>();
  for (const list of lists) {
    for (const community of list) communities.add(community);
    if (communities.size > MAX_LIST_LENGTH) break;
  }
  return [...communities].sort();
}

/** There may be more parts than a function can have arguments. */
function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

function putSelfRoute(speaker: Speaker, nlri: Nlri, made: PathAttributes): void {
  const attributes = speaker.interner.intern(made);
  const life = lifeOfSelfRoute(speaker, nlri);
  const earlier = speaker.selfRoutes.get(nlri);
  if (earlier?.attributes === attributes && earlier.life === life) return;
  const route: Route = {
    nlri,
    source: SELF,
    received: attributes,
    attributes,
    weight: 1,
    life,
    label: undefined,
    stale: false,
    ineligible: undefined,
  };
  speaker.selfRoutes.set(nlri, route);
  speaker.locRib.put(route);
}

function lifeOfSelfRoute(speaker: Speaker, nlri: Nlri): Life | undefined {
  const known = speaker.ownLives.get(nlri);
  if (known !== undefined) return known.life;
  const spare = speaker.spareDraws.get(nlri);
  if (spare !== undefined) speaker.ownLives.set(nlri, spare);
  speaker.spareDraws.delete(nlri);
  speaker.turn.effects.push({ type: 'DrawNeeded', nlri });
  return spare?.life;
}

/** Notes that a route of our own is left out, and tells the shell when it was not so before. */
function leaveOut(speaker: Speaker, leftOut: LeftOut): void {
  const key = keyOf(leftOut.nlri, leftOut.stub);
  if (speaker.leftOut.get(key)?.excess === leftOut.excess) return;
  speaker.leftOut.set(key, leftOut);
  speaker.turn.effects.push({ type: 'RouteLeftOut', ...leftOut });
}

/** Notes that a route of our own is not left out, or no longer exists. */
function takeIn(speaker: Speaker, nlri: Nlri, stub: StubId | undefined): void {
  if (speaker.leftOut.size > 0) speaker.leftOut.delete(keyOf(nlri, stub));
}

/** A server's name has no space in it. */
function keyOf(nlri: Nlri, stub: StubId | undefined): string {
  return `${stub ?? ''} ${nlri}`;
}
