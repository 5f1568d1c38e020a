import { parseBaseUrl } from './base-url-field.ts';
import { parseServerName } from './server-name.ts';

/** One item of MASTRA_SERVERS. */
export interface ListedServer {
  /** Index in the list, from 0. */
  readonly item: number;
  /** Item as written. */
  readonly text: string;
  readonly name: string | undefined;
  readonly url: string;
}

/** A fault of one item in a list. */
export interface ItemFault {
  readonly item: number;
  readonly text: string;
  readonly message: string;
}

/** Splits a list at spaces and commas. */
export function listItems(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((item) => item !== '');
}

/** Parses MASTRA_SERVERS: `url` and `name=url` items, or `none`. */
export function parseServerList(text: string): {
  readonly servers: readonly ListedServer[];
  readonly faults: readonly ItemFault[];
} {
  const items = listItems(text);
  if (items.length === 1 && items[0] === 'none') return { servers: [], faults: [] };
  if (items.length === 0) {
    const message = 'lists no URL; write at least one, or `none` for a router without servers of its own';
    return { servers: [], faults: [{ item: 0, text, message }] };
  }
  const servers: ListedServer[] = [];
  const faults: ItemFault[] = [];
  for (const [item, entry] of items.entries()) {
    const { server, messages } = parseEntry(entry, item);
    if (server !== undefined) servers.push(server);
    faults.push(...messages.map((message) => ({ item, text: entry, message })));
  }
  return { servers, faults };
}

function parseEntry(entry: string, item: number): { server?: ListedServer; messages: readonly string[] } {
  if (entry === 'none') return { messages: ['`none` must be the only item; remove it or the others'] };
  // A name ends at the first `=`, unless that belongs to the path of a URL.
  const named = /^([^=/]*)=(.*)$/s.exec(entry);
  const url = parseBaseUrl(named?.[2] ?? entry);
  const name = named === null ? { value: undefined } : parseServerName(named[1] ?? '');
  const messages: string[] = [];
  if ('fault' in name) messages.push(`the name before \`=\` ${name.fault}`);
  if ('fault' in url) messages.push(`the URL ${url.fault}`);
  if ('fault' in name || 'fault' in url) return { messages };
  return { server: { item, text: entry, name: name.value, url: url.value }, messages };
}
