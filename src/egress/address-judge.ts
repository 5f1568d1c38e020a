import { BlockList, isIP } from 'node:net';
import { specialAddress } from './address.ts';

/** Why a host must not be called at an address, in a word, or undefined when it may. */
export type AddressJudge = (host: string, address: string) => string | undefined;

/** Refuses every special address but those allowed: addresses, networks in CIDR notation, or names of hosts. */
export function addressJudge(allowed: readonly string[]): AddressJudge {
  const networks = new BlockList();
  const hosts = new Set<string>();
  for (const item of allowed) {
    const [network = '', prefix] = item.split('/');
    const version = isIP(network);
    if (version === 0) hosts.add(item.toLowerCase());
    else if (prefix === undefined) networks.addAddress(network, family(version));
    else networks.addSubnet(network, Number(prefix), family(version));
  }
  return (host, address) => {
    const version = isIP(address);
    if (hosts.has(host.toLowerCase())) return undefined;
    if (version !== 0 && networks.check(address, family(version))) return undefined;
    return specialAddress(address);
  };
}

function family(version: number): 'ipv4' | 'ipv6' {
  return version === 4 ? 'ipv4' : 'ipv6';
}
