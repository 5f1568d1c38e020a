import path from 'node:path';
import type { z } from 'zod';
import { parseDocument, type PositionedDocument } from './document.ts';
import { expandVariables } from './expand.ts';
import { fileSchema, serverSchema } from './file-schema.ts';
import { defined, type PartialConfig, type Reading } from './partial-config.ts';
import type { ServerDraft } from './server-draft.ts';
import type { PolicySource, ProblemAt } from './load-policy.ts';
import { unsupportedFaults } from './unsupported-settings.ts';
import type { PeerDraft } from './peer-draft.ts';
import { peerSchema } from './peer-schema.ts';
import { parseKnown, schemaFaults } from './parse-known.ts';
import { placeOf } from './place.ts';
import { namesVariable } from './settings.ts';
import { shownValue } from './shown-value.ts';

type Env = Readonly<Record<string, string | undefined>>;
type FileData = z.infer<typeof fileSchema>;

/** Parses the text of a config file and substitutes the variables that it refers to. */
export function readConfigFile(file: string, text: string, env: Env): Reading {
  const parsed = parseDocument(text);
  if (!parsed.ok) {
    return { given: {}, problems: parsed.faults.map((fault) => ({ source: file, ...fault })) };
  }
  const problemAt = problemsIn(file, parsed.document);
  const expanded = expandVariables(parsed.document.value, env);
  const problems = expanded.faults.map(({ path: place, message }) => problemAt(place, message, 'value'));
  const { value } = expanded;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.push(problemAt([], 'must be an object with keys such as servers', 'value'));
    return { given: {}, problems };
  }
  // An unresolved reference is reported once. Further faults of the same value would only repeat it.
  const unresolved = new Set(expanded.faults.map(({ path: place }) => placeOf(place)));
  const report = (place: readonly PropertyKey[], message: string, at: 'key' | 'value'): void => {
    if (!unresolved.has(placeOf(place))) problems.push(problemAt(place, message, at));
  };
  const { data, faults } = parseKnown(fileSchema, { ...value });
  for (const fault of faults) report(fault.path, fault.message, fault.at);
  for (const { name, message } of unsupportedFaults('key', { ...data })) report([name], message, 'key');
  const drafts = data.servers?.flatMap((server, index) => draftOf(server, index, report, problemAt));
  const peers = data.peers?.flatMap((peer, index) => peerDraftOf(file, peer, index, report, problemAt));
  return { given: givenBy(data, drafts, peers, policySource(file, ['policy'], data.policy, problemAt)), problems };
}

function problemsIn(file: string, document: PositionedDocument): ProblemAt {
  return (place, message, at) => {
    // Shows the value before substitution, because a variable may hold a secret.
    const value = valueAt(document.value, place);
    const isSecret =
      ['headers', 'peerKey', 'key', 'operators'].some((key) => place.includes(key)) && !namesVariable(value);
    const written = at === 'key' || isSecret ? undefined : shownValue(value);
    return {
      source: file,
      ...document.positionOf(place, at),
      ...(place.length > 0 && { place: placeOf(place) }),
      ...(written !== undefined && { value: written }),
      message: at === 'value' && isMissing(document.value, place) ? `is missing; it ${message}` : message,
    };
  };
}

function valueAt(value: unknown, place: readonly PropertyKey[]): unknown {
  return place.reduce<unknown>((inner, key) => {
    const isParent = typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key);
    return isParent ? (inner as Record<PropertyKey, unknown>)[key] : undefined;
  }, value);
}

function isMissing(value: unknown, place: readonly PropertyKey[]): boolean {
  return place.length > 0 && valueAt(value, place) === undefined;
}

function draftOf(
  raw: unknown,
  index: number,
  report: (place: readonly PropertyKey[], message: string, at: 'key' | 'value') => void,
  problemAt: ProblemAt,
): readonly ServerDraft[] {
  const parsed = serverSchema.safeParse(raw);
  if (!parsed.success) {
    for (const { path: place, message, at } of schemaFaults(parsed.error)) {
      report(['servers', index, ...place], message, at);
    }
    return [];
  }
  const {
    name,
    url,
    asn,
    headers = {},
    capabilities = [],
    communities = [],
    localPref,
    weight,
    damping,
    region,
    description = '',
  } = parsed.data;
  const isGiven = { name: name !== undefined, url: true, asn: asn !== undefined };
  return [
    {
      name,
      url,
      asn,
      headers,
      capabilities,
      communities: region === undefined ? communities : [...communities, `region:${region}`],
      ...(localPref !== undefined && { localPref }),
      ...(weight !== undefined && { weight }),
      ...(damping !== undefined && { damping }),
      description,
      position: index,
      label: `servers[${index}]`,
      problem: (key, message) => problemAt(['servers', index, ...(isGiven[key] ? [key] : [])], message, 'value'),
    },
  ];
}

function peerDraftOf(
  file: string,
  raw: unknown,
  index: number,
  report: (place: readonly PropertyKey[], message: string, at: 'key' | 'value') => void,
  problemAt: ProblemAt,
): readonly PeerDraft[] {
  const parsed = peerSchema.safeParse(raw);
  if (!parsed.success) {
    for (const { path: place, message, at } of schemaFaults(parsed.error)) {
      report(['peers', index, ...place], message, at);
    }
    return [];
  }
  const { policy, ...entry } = parsed.data;
  const source = policySource(file, ['peers', index, 'policy'], policy, problemAt);
  const isGiven = (key: string) => typeof raw === 'object' && raw !== null && key in raw;
  return [
    {
      asn: entry.asn,
      ...defined(entry),
      ...(source !== undefined && { policy: source }),
      label: `peers[${index}]`,
      problem: (key, message) => problemAt(['peers', index, ...(isGiven(key) ? [key] : [])], message, 'value'),
    },
  ];
}

function policySource(
  file: string,
  place: readonly PropertyKey[],
  policy: unknown,
  problemAt: ProblemAt,
): PolicySource | undefined {
  if (policy === undefined) return undefined;
  if (typeof policy !== 'string') {
    return { kind: 'inline', value: policy, problemAt: (inner, ...rest) => problemAt([...place, ...inner], ...rest) };
  }
  const { message: _message, ...namedBy } = problemAt(place, '', 'value');
  return { kind: 'file', path: path.resolve(path.dirname(file), policy), namedBy };
}

function givenBy(
  data: FileData,
  servers: readonly ServerDraft[] | undefined,
  peers: readonly PeerDraft[] | undefined,
  policy: PolicySource | undefined,
): PartialConfig {
  const {
    asn,
    routerId,
    discovery,
    calls,
    lists,
    health,
    balancing,
    aggregates,
    allowServerUrls = [],
    allowNextHops = [],
    guests,
    callers,
    logLevel,
    listen,
    advertiseUrl,
    peerKey,
    operators,
    port,
  } = data;
  const asks = [data.peers, guests, callers, advertiseUrl, peerKey, operators, port].some(
    (value) => value !== undefined,
  );
  return defined({
    asn,
    routerId,
    servers,
    policy,
    discovery: discovery && defined(discovery),
    health: health && defined(health),
    balancing: balancing && defined(balancing),
    calls: calls && defined(calls),
    lists: lists && defined(lists),
    aggregates,
    egress: { allowServerUrls, allowNextHops: allowNextHops.map(({ url, key }) => ({ url, key })) },
    guests: guests?.map((guest) => ({ ...defined(guest), asns: guest.asns })),
    callers: callers?.map((caller) => ({ asn: caller.asn, ...defined(caller) })),
    logLevel,
    peers,
    listen,
    advertiseUrl,
    peerKey,
    operatorsKey: operators?.key,
    port,
    peering: asks ? (true as const) : undefined,
  });
}
