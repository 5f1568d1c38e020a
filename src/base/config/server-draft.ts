import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { ServerConfig } from './config.ts';
import type { Problem } from './problem.ts';

/** A server as it was written: what was left out is assigned by position. */
export interface ServerDraft extends Omit<ServerConfig, 'name' | 'asn'> {
  readonly name: string | undefined;
  readonly asn: Asn | undefined;
  /** Its place in the list, from 0, which names it when nothing else does. */
  readonly position: number;
  /** How messages call it, such as `servers[1]`. */
  readonly label: string;
  readonly problem: (key: 'name' | 'url' | 'asn', message: string) => Problem;
}

/** A server of which only the URL is known, and the name perhaps. */
export function plainServer(draft: Pick<ServerDraft, 'name' | 'url' | 'position' | 'label' | 'problem'>): ServerDraft {
  return { ...draft, asn: undefined, headers: {}, capabilities: [], communities: [], description: '' };
}
