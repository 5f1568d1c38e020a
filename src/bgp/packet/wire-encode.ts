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
  return {
    type: 'update',
    ...(withdrawn.length > 0 && { withdrawn: [...withdrawn] }),
    ...(attributes !== undefined && { attributes: encodeAttributes(attributes) }),
    ...(reach.length > 0 && { reach: reach.map(encodeReach) }),
    ...(proofs.length > 0 && { proofs: proofs.map(({ nlri, secret }) => ({ nlri, secret })) }),
    ...(endOfRib !== undefined && { endOfRib }),
  };
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

/** The path attributes as plain JSON (RFC 4271 §5). */
export function encodeAttributes(attributes: PathAttributes): WireAttributes {
  const { asPath, nextHop, localPref, med, communities, capabilities, clusterList, unknown, ...rest } = attributes;
  return {
    asPath: asPath.map((hop) => (typeof hop === 'number' ? hop : [...hop])),
    ...(nextHop !== '' && { nextHop }),
    ...rest,
    ...(localPref !== DEFAULT_LOCAL_PREF && { localPref }),
    ...(med !== 0 && { med }),
    ...(communities.length > 0 && { communities: [...communities] }),
    ...(capabilities.length > 0 && { capabilities: [...capabilities] }),
    ...(clusterList !== undefined && { clusterList: [...clusterList] }),
    ...marked(unknown),
  };
}

function marked(unknown: PathAttributes['unknown'] = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(unknown).map(([name, value]) => [TRANSITIVE_MARK + name, value]));
}
