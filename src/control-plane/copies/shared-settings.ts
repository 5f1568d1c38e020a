import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { RouterId } from '../../core/bgp/packet/router-id.ts';

/** Settings on which copies must agree to be one router, by the name that is shown if they differ. */
export type SharedSettings = Readonly<Record<string, string>>;

interface SharedPeer {
  readonly name: string;
  readonly asn: Asn;
  readonly url: string | undefined;
  readonly key: string | undefined;
  readonly passive: boolean;
  readonly client: boolean;
}

interface Settings {
  readonly asn: Asn;
  /** The configured router id, if there is one. */
  readonly routerId: RouterId | undefined;
  readonly peers: readonly SharedPeer[];
  readonly operatorsKey: string | undefined;
}

/**
 * Returns the settings that copies must have in common to be one router. Servers and policy may differ between copies.
 */
export function sharedSettings({ asn, routerId, peers, operatorsKey }: Settings): SharedSettings {
  return {
    'AS number': String(asn),
    'router id': routerId ?? '',
    peers: JSON.stringify(peers.map(({ name, asn: of, url, passive, client }) => [name, of, url, passive, client])),
    keys: JSON.stringify([...peers.map(({ key }) => key), ...(operatorsKey === undefined ? [] : [{ operatorsKey }])]),
  };
}
