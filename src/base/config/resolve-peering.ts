import { isIP } from 'node:net';
import type { PolicyProblem } from '../../core/bgp/policy/policy-problem.ts';
import type { Policy } from '../../core/bgp/policy/policy.ts';
import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { CallerConfig, GuestConfig, ListenConfig, PeerConfig, PeeringConfig, ReadFile } from './config.ts';
import { DEFAULT_GUEST, DEFAULT_LISTEN, DEFAULT_PEER } from './defaults.ts';
import { loadPolicy } from './load-policy.ts';
import { nextHopProblems } from './next-hop-problems.ts';
import type { PeerDraft } from './peer-draft.ts';
import type { Problem } from './problem.ts';
import type { ServerDraft } from './server-draft.ts';

/** Peering settings of all sources combined. */
export interface PeeringSettings {
  readonly asn: Asn;
  readonly peers?: readonly PeerDraft[];
  readonly guests?: readonly GuestDraft[];
  readonly callers?: readonly CallerDraft[];
  readonly listen?: ListenAddress | 'off';
  readonly advertiseUrl?: string;
  readonly peerKey?: string;
  readonly operatorsKey?: string;
  readonly port?: number;
  /** True if any setting enables peering. */
  readonly peering?: true;
}

/** Guests as written in the source, without defaults. */
export type GuestDraft = Partial<GuestConfig> & Pick<GuestConfig, 'asns'>;

/** A caller as written in the source, possibly without its key. */
export type CallerDraft = Partial<CallerConfig> & Pick<CallerConfig, 'asn'>;

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Resolves the peers and the listener; `peering` is undefined if no setting enables either. */
export function resolvePeering(
  settings: PeeringSettings,
  readFile: ReadFile,
  servers: readonly ServerDraft[],
): { readonly peering: PeeringConfig | undefined; readonly problems: readonly Problem[] } {
  if (settings.peering === undefined && (settings.listen ?? 'off') === 'off') {
    return { peering: undefined, problems: [] };
  }
  const { peers, problems } = resolvePeers(settings, readFile);
  const { peerKey, operatorsKey } = settings;
  const guests = (settings.guests ?? []).map((guest) => ({ ...DEFAULT_GUEST, key: peerKey, ...guest }));
  const { callers, problems: callerProblems } = resolveCallers(settings);
  const keyed = [{ key: peerKey }, ...peers, ...guests, ...callers].some(({ key }) => key !== undefined);
  const listen = listenOf(settings);
  const advertiseUrl = settings.advertiseUrl ?? urlOf(listen);
  return {
    peering: { listen, peers, guests, callers, advertiseUrl, keyed, operatorsKey },
    problems: [
      ...problems,
      ...nextHopProblems(settings.peers ?? [], guests.length > 0, servers),
      ...guestProblems(guests, keyed),
      ...callerProblems,
      ...addressProblems(callers, advertiseUrl),
      ...exposureProblems(listen, keyed),
      ...operatorProblems(operatorsKey, [{ key: peerKey }, ...peers, ...guests, ...callers]),
      ...unheardProblems(listen, settings),
    ],
  };
}

function resolveCallers({ callers: drafts = [], peerKey }: PeeringSettings): {
  readonly callers: readonly CallerConfig[];
  readonly problems: readonly Problem[];
} {
  const callers: CallerConfig[] = [];
  const problems: Problem[] = [];
  for (const { asn, key = peerKey } of drafts) {
    if (key !== undefined) callers.push({ asn, key });
    else
      problems.push({
        source: 'callers',
        value: String(asn),
        message: 'has no key; give it a `key`, or set BGP_PEER_KEY',
      });
  }
  return { callers, problems };
}

/** Requires our own URL if there are callers, because their tokens name it as the audience. */
function addressProblems(callers: readonly CallerConfig[], advertiseUrl: string | undefined): readonly Problem[] {
  if (callers.length === 0 || advertiseUrl !== undefined) return [];
  return [{ source: 'callers', message: 'need the URL of this router; set `advertiseUrl` or BGP_ADVERTISE_URL' }];
}

function resolvePeers(
  { peers: drafts = [], peerKey, asn }: PeeringSettings,
  readFile: ReadFile,
): { readonly peers: readonly PeerConfig[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const peers: PeerConfig[] = [];
  for (const draft of drafts) {
    const taken = new Set(peers.map(({ name }) => name));
    const name = draft.name ?? freeName(draft.asn, taken);
    const policy = draft.policy && loadPolicy(draft.policy, readFile, (_, written) => routerWide(written));
    if (policy?.ok === false) problems.push(...policy.problems);
    problems.push(...draftProblems(draft, name, taken, asn), ...twinProblems(draft, drafts.slice(0, peers.length)));
    peers.push(peerOf(draft, name, peerKey, policy?.ok === true ? policy.policy : undefined));
  }
  return { peers, problems: [...problems, ...keyProblems(drafts, peers)] };
}

/** Policy keys that apply to the whole router and have no effect in the policy of one peer. */
const ROUTER_WIDE = ['decision', 'compareMed', 'reservedCommunities', 'groups'];

function routerWide(policy: unknown): readonly PolicyProblem[] {
  return ROUTER_WIDE.filter((key) => typeof policy === 'object' && policy !== null && key in policy).map((key) => ({
    path: [key],
    message:
      'is not allowed in the policy for one peer, because it applies to all; move it to the policy of the router',
  }));
}

function peerOf(draft: PeerDraft, name: string, peerKey: string | undefined, policy: Policy | undefined): PeerConfig {
  const { label: _label, problem: _problem, ...given } = draft;
  return { ...DEFAULT_PEER, url: undefined, key: peerKey, ...given, name, policy };
}

function guestProblems(guests: readonly GuestConfig[], keyed: boolean): readonly Problem[] {
  if (!keyed || guests.every(({ key }) => key !== undefined)) return [];
  return [{ source: 'guests', message: 'have no key while others have one; give them a `key`, or set BGP_PEER_KEY' }];
}

/** Rejects an operators' key that a peer or caller also has, because it would open the operator endpoints to them. */
function operatorProblems(
  operatorsKey: string | undefined,
  others: readonly { readonly key: string | undefined }[],
): readonly Problem[] {
  if (operatorsKey === undefined || others.every(({ key }) => key !== operatorsKey)) return [];
  return [{ source: 'operators.key', message: 'is also the key of a peer or caller; give operators their own key' }];
}

function exposureProblems(listen: ListenConfig | undefined, keyed: boolean): readonly Problem[] {
  if (listen === undefined || listen.onLoopback || keyed) return [];
  return [
    {
      source: 'BGP_LISTEN or listen',
      value: `${listen.host}:${listen.port}`,
      message: 'is reachable from other machines without a key; set BGP_PEER_KEY, or listen on 127.0.0.1',
    },
  ];
}

/** Rejects settings that only make sense with a listener while it is off. */
function unheardProblems(
  listen: ListenConfig | undefined,
  { advertiseUrl, operatorsKey }: PeeringSettings,
): readonly Problem[] {
  if (listen !== undefined) return [];
  const remedy = 'while BGP_LISTEN is off; remove it, or set BGP_LISTEN to host:port';
  const url: Problem = {
    source: 'BGP_ADVERTISE_URL or advertiseUrl',
    ...(advertiseUrl !== undefined && { value: advertiseUrl }),
    message: `is unreachable ${remedy}`,
  };
  const key: Problem = { source: 'operators.key', message: `has no effect ${remedy}` };
  return [...(advertiseUrl === undefined ? [] : [url]), ...(operatorsKey === undefined ? [] : [key])];
}

function freeName(asn: Asn, taken: ReadonlySet<string>): string {
  const name = `as${asn}`;
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}-${number}`)) number += 1;
  return `${name}-${number}`;
}

function twinProblems({ asn, url, problem }: PeerDraft, earlier: readonly PeerDraft[]): readonly Problem[] {
  const twin = earlier.find((other) => url !== undefined && other.url === url && other.asn === asn);
  return twin === undefined ? [] : [problem('url', `duplicates the router of ${twin.label}; list each router once`)];
}

function draftProblems(draft: PeerDraft, name: string, taken: ReadonlySet<string>, ownAsn: Asn): readonly Problem[] {
  const problems: Problem[] = [];
  if (taken.has(name)) {
    problems.push(draft.problem('name', `has the name \`${name}\` of another peer; give each its own name`));
  }
  if (draft.client === true && draft.asn !== ownAsn) {
    const message =
      `makes AS ${draft.asn} a client, but reflection works only inside one AS (RFC 4456); ` +
      `remove it, because routes between ASes are advertised anyway`;
    problems.push(draft.problem('client', message));
  }
  if (draft.damping !== undefined && draft.asn === ownAsn) {
    const message =
      'is only for peers of other ASes, because the routers of one AS must choose alike (RFC 2439); ' +
      'remove it here, and damp where the routes enter the AS';
    problems.push(draft.problem('damping', message));
  }
  const { url, insecure } = draft;
  if (url !== undefined && insecure !== true && url.startsWith('http:') && !isLoopback(new URL(url).hostname)) {
    problems.push(
      draft.problem(
        'url',
        'must begin with https:// for a router on another machine, or set `insecure: true` for this peer in a config file',
      ),
    );
  }
  return problems;
}

/** Requires a key for every peer if any has one, because then all calls need a token. */
function keyProblems(drafts: readonly PeerDraft[], peers: readonly PeerConfig[]): readonly Problem[] {
  if (peers.every(({ key }) => key === undefined)) return [];
  return drafts
    .filter((_, index) => peers[index]?.key === undefined)
    .map((draft) =>
      draft.problem('key', 'has no key while other peers have one; give it a `key`, or set BGP_PEER_KEY'),
    );
}

function listenOf({ listen, port }: PeeringSettings): ListenConfig | undefined {
  if (listen === 'off') return undefined;
  const address = listen ?? { ...DEFAULT_LISTEN, ...(port !== undefined && { port }) };
  return { ...address, onLoopback: isLoopback(address.host) };
}

/** Returns the URL of the listener; undefined if it listens on all addresses. */
function urlOf(listen: ListenConfig | undefined): string | undefined {
  if (listen === undefined || listen.host === '0.0.0.0' || listen.host === '::') return undefined;
  const host = isIP(listen.host) === 6 ? `[${listen.host}]` : listen.host;
  return `http://${host}:${listen.port}`;
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}
