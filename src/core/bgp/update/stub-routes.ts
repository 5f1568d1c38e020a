import { Flaps } from '../damping/flaps.ts';
import { DEFAULT_LOCAL_PREF, type PathAttributes } from '../packet/attributes.ts';
import { capabilityNlri, type Nlri } from '../packet/nlri.ts';
import { excessOf } from '../packet/oversized.ts';
import type { Route, StubId } from '../rib/route.ts';
import type { Draw, Origination, Stub } from '../state/event.ts';
import type { Speaker, StubTable } from '../state/state.ts';
import { countFlap } from './count-flap.ts';
import { judgeStubRoute } from './import.ts';
import { endLeftOut, leaveOut } from './leave-out.ts';
import { endOwnLife, ownLife } from './own-lives.ts';

/** Originates agents of a stub that are new or changed, except those whose attributes exceed a message (RFC 4271 §9.2, §9.4). */
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
      endLeftOut(speaker, origination.agent, stub.id);
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

/** Removes agents that a stub no longer has. Their lives end unless another stub has them too (RFC 4271 §9.4). */
export function endAgents(speaker: Speaker, stub: StubId, agents: readonly Nlri[], now: number): void {
  const table = speaker.stubs.get(stub);
  for (const nlri of agents) {
    endLeftOut(speaker, nlri, stub);
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
