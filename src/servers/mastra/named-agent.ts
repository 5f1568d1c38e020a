import { agentIdFault } from '../../core/bgp/packet/nlri.ts';
import { isRecord } from '../../core/bgp/packet/wire-decoded.ts';
import { LISTING_SHAPE, parseJson } from '../../base/bodies/parse-json.ts';
import { ForeignListing, ListingRefused } from '../api/listing-failures.ts';
import { discoveredAgent } from '../api/discovered-agent.ts';
import type { DiscoveredAgent } from '../../control-plane/discovery/source.ts';

type Listed = readonly [key: string, entry: Readonly<Record<string, unknown>>];

/**
 * Asks a Mastra server which agent a name means. Servers accept the key under which an agent is registered as well as
 * its id, and only the listing says which id that is. Returns undefined if the listing does not tell.
 */
export async function namedAgent(
  baseUrl: string,
  name: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<DiscoveredAgent | undefined> {
  const { origin } = new URL(baseUrl);
  const listing = await read(`${baseUrl}/api/agents`, origin, fetch, signal);
  if (listing === undefined) throw new ListingRefused(origin, 404);
  const listed: Listed[] = Object.entries(listing).flatMap(([key, entry]) => (isRecord(entry) ? [[key, entry]] : []));
  const named = listed.find(([key]) => key === name) ?? listed.find(([, { id }]) => id === name);
  if (named !== undefined) return agentOf(named);
  const details = await read(`${baseUrl}/api/agents/${encodeURIComponent(name)}`, origin, fetch, signal);
  const [same, ...others] = details === undefined ? [] : listed.filter(([, entry]) => describes(entry, details));
  return same === undefined || others.length > 0 ? undefined : agentOf(same);
}

function agentOf([key, entry]: Listed): DiscoveredAgent | undefined {
  const { id } = entry;
  return discoveredAgent(typeof id === 'string' && agentIdFault(id) === undefined ? id : key, entry, []);
}

/** Returns true if an entry of the listing contains all details of an agent. */
function describes(entry: Readonly<Record<string, unknown>>, details: Readonly<Record<string, unknown>>): boolean {
  const keys = Object.keys(details);
  return keys.length > 0 && keys.every((key) => JSON.stringify(entry[key]) === JSON.stringify(details[key]));
}

async function read(
  url: string,
  origin: string,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const response = await fetch(url, { signal });
  const text = await response.text();
  if (response.status === 404) return undefined;
  if (!response.ok) throw new ListingRefused(origin, response.status);
  const json = parsed(text);
  if (!isRecord(json)) throw new ForeignListing(origin);
  return json;
}

/**
 * Parses a listing; undefined if it is unreadable. The server is not even configured, so JSON that takes long to parse
 * is rejected.
 */
function parsed(text: string): unknown {
  try {
    return parseJson(text, LISTING_SHAPE);
  } catch {
    return undefined;
  }
}
