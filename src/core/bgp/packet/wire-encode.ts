import { DEFAULT_LOCAL_PREF, type PathAttributes } from './attributes.ts';
import { VERSION, type Message, type Open, type Reach, type Update } from './message.ts';
import { TRANSITIVE_MARK } from './known-attributes.ts';
import type { WireMessage } from './wire.ts';

type Wire<T extends WireMessage['type']> = Extract<WireMessage, { type: T }>;
type WireAttributes = NonNullable<Wire<'update'>['attributes']>;
type WireReach = NonNullable<Wire<'update'>['reach']>[number];

/** Writes a message as plain JSON; what is empty or stands at its default is left out (RFC 4271 §4). */
export function encodeMessage(message: Message): WireMessage {
  switch (message.type) {
    case 'open':
      return encodeOpen(message);
    case 'update':
      return encodeUpdate(message);
    case 'keepalive':
    case 'notification':
    case 'route-refresh':
      return message;
  }
}

function encodeOpen(open: Open): Wire<'open'> {
  const { capabilities } = open;
  return { ...open, version: VERSION, capabilities: { ...capabilities, families: [...capabilities.families] } };
}

function encodeUpdate({ withdrawn, attributes, reach, proofs, endOfRib }: Update): Wire<'update'> {
  const wire: Wire<'update'> = { type: 'update' };
  if (withdrawn.length > 0) wire.withdrawn = withdrawn.slice();
  if (attributes !== undefined) wire.attributes = encodeAttributes(attributes);
  if (reach.length > 0) wire.reach = reach.map(encodeReach);
  if (proofs.length > 0) wire.proofs = proofs.map(({ nlri, secret }) => ({ nlri, secret }));
  if (endOfRib !== undefined) wire.endOfRib = endOfRib;
  return wire;
}

function encodeReach({ nlri, life, label }: Reach): WireReach {
  const wire: WireReach = { nlri };
  if (life !== undefined) wire.life = life;
  if (label !== undefined) {
    wire.name = label.name;
    wire.description = label.description;
    if (label.modelVersion !== undefined) wire.modelVersion = label.modelVersion;
  }
  return wire;
}

/** Returns the path attributes as plain JSON (RFC 4271 §5). */
export function encodeAttributes(attributes: PathAttributes): WireAttributes {
  const { asPath, nextHop, localPref, med, communities, capabilities, originTime } = attributes;
  const { performance, originatorId, clusterList, aggregate, unknown } = attributes;
  const wire: WireAttributes = {
    asPath: asPath.map((hop) => (typeof hop === 'number' ? hop : hop.slice())),
    originTime,
  };
  if (nextHop !== '') wire.nextHop = nextHop;
  if (localPref !== DEFAULT_LOCAL_PREF) wire.localPref = localPref;
  if (med !== 0) wire.med = med;
  if (communities.length > 0) wire.communities = communities.slice();
  if (capabilities.length > 0) wire.capabilities = capabilities.slice();
  if (performance !== undefined) wire.performance = performance;
  if (originatorId !== undefined) wire.originatorId = originatorId;
  if (clusterList !== undefined) wire.clusterList = clusterList.slice();
  if (aggregate !== undefined) wire.aggregate = aggregate;
  if (unknown !== undefined) for (const name in unknown) wire[TRANSITIVE_MARK + name] = unknown[name];
  return wire;
}
