import type { Config } from '../config/config.ts';
import type { Marks } from '../copies/introduction.ts';

/** What several copies must have in common to be one router. Servers and policy are each copy's own. */
export function marksOf({ asn, routerId, peering }: Config): Marks {
  const { peers = [], operatorsKey } = peering ?? {};
  return {
    'AS number': String(asn),
    'router id': routerId ?? '',
    peers: JSON.stringify(peers.map(({ name, asn: of, url, passive, client }) => [name, of, url, passive, client])),
    keys: JSON.stringify([...peers.map(({ key }) => key), ...(operatorsKey === undefined ? [] : [{ operatorsKey }])]),
  };
}
