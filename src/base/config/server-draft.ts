import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { ServerConfig } from './config.ts';
import type { Problem } from './problem.ts';

/** A server as written in its source. A missing name or ASN is assigned later. */
export interface ServerDraft extends Omit<ServerConfig, 'name' | 'asn'> {
  readonly name: string | undefined;
  readonly asn: Asn | undefined;
  /** Index in the list, from 0. It yields the default name. */
  readonly position: number;
  /** Name of the entry in messages, such as `servers[1]`. */
  readonly label: string;
  readonly problem: (key: 'name' | 'url' | 'asn', message: string) => Problem;
}

/** Returns a server draft that has only a URL and perhaps a name. */
export function plainServer(draft: Pick<ServerDraft, 'name' | 'url' | 'position' | 'label' | 'problem'>): ServerDraft {
  return { ...draft, asn: undefined, headers: {}, capabilities: [], communities: [], description: '' };
}
