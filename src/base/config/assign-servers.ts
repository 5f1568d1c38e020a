import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { ServerConfig } from './config.ts';
import type { Problem } from './problem.ts';
import type { ServerDraft } from './server-draft.ts';

const FIRST_ASN = 65_001;
/** Last private ASN of 16 bits and first private ASN of 32 bits (RFC 6996 §5). */
const LAST_16_BIT_ASN = 65_534;
const FIRST_32_BIT_ASN = 4_200_000_000;

/** Assigns names and ASNs to servers that have none. Reports servers that share a name, URL or ASN. */
export function assignServers(
  drafts: readonly ServerDraft[],
  ownAsn: Asn,
  peerAsns: readonly Asn[],
): { readonly servers: readonly ServerConfig[]; readonly problems: readonly Problem[] } {
  const free = freeAsns(new Set([ownAsn, ...peerAsns, ...drafts.flatMap(({ asn }) => asn ?? [])]));
  const servers = drafts.map(({ label: _label, problem: _problem, position, ...draft }) => ({
    ...draft,
    name: draft.name ?? `server${position}`,
    asn: draft.asn ?? free.next().value,
  }));
  return { servers, problems: drafts.flatMap((_, index) => conflicts(drafts, servers, index, ownAsn)) };
}

function* freeAsns(taken: ReadonlySet<Asn>): Generator<Asn, never> {
  for (let asn = FIRST_ASN; ; asn = asn === LAST_16_BIT_ASN ? FIRST_32_BIT_ASN : asn + 1) {
    if (!taken.has(asn)) yield asn;
  }
}

function conflicts(
  drafts: readonly ServerDraft[],
  servers: readonly ServerConfig[],
  index: number,
  ownAsn: Asn,
): readonly Problem[] {
  const server = servers[index];
  const draft = drafts[index];
  if (server === undefined || draft === undefined) return [];
  const first = (key: 'name' | 'url' | 'asn'): string | undefined => {
    const earlier = servers.findIndex((other) => other[key] === server[key]);
    return earlier < index ? drafts[earlier]?.label : undefined;
  };
  const problems: Problem[] = [];
  const [sameName, sameUrl, sameAsn] = [first('name'), first('url'), first('asn')];
  if (sameName !== undefined) {
    const how = draft.name === undefined ? 'gets from its position the name' : 'has the name';
    problems.push(draft.problem('name', `${how} \`${server.name}\` of ${sameName}; give each its own name`));
  }
  if (sameUrl !== undefined) {
    problems.push(draft.problem('url', `has the same URL as ${sameUrl}; list each server once`));
  }
  if (server.asn === ownAsn) {
    problems.push(
      draft.problem('asn', `has the router's own ASN ${ownAsn}; set another, or remove it to have one assigned`),
    );
  } else if (sameAsn !== undefined) {
    problems.push(draft.problem('asn', `has the ASN ${server.asn} of ${sameAsn}; give each its own ASN, or remove it`));
  }
  return problems;
}
