import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { RouterId } from '../../core/bgp/packet/router-id.ts';

/** The settings on which copies must agree to be one router, by the name under which a difference is told. */
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

/** Returns the settings that several copies must have in common to be one router. Servers and policy are each copy's own. */
export function sharedSettings({ asn, routerId, peers, operatorsKey }: Settings): SharedSettings {
  return {
    'AS number': String(asn),
    'router id': routerId ?? '',
    peers: JSON.stringify(peers.map(({ name, asn: of, url, passive, client }) => [name, of, url, passive, client])),
    keys: JSON.stringify([...peers.map(({ key }) => key), ...(operatorsKey === undefined ? [] : [{ operatorsKey }])]),
  };
}
