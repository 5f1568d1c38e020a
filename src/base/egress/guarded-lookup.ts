import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { specialAddress } from './address.ts';
import { AddressRefused } from './failures.ts';

/** Returns the failure for a host that is written as a special address; undefined if it may be called. */
export function addressRefusal(host: string): AddressRefused | undefined {
  const kind = isIP(host) === 0 ? undefined : specialAddress(host);
  return kind === undefined ? undefined : new AddressRefused(host, host, kind);
}

/**
 * Resolves a name and returns only its public addresses. The socket connects to these addresses, so a second lookup
 * cannot lead elsewhere.
 */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      callback(error, []);
      return;
    }
    const usable = addresses.filter(({ address }) => specialAddress(address) === undefined);
    const [first] = usable;
    if (first === undefined) callback(refusal(hostname, addresses), []);
    else if (options.all === true) callback(null, usable);
    else callback(null, first.address, first.family);
  });
};

function refusal(hostname: string, addresses: readonly LookupAddress[]): AddressRefused {
  const address = addresses[0]?.address ?? 'none';
  return new AddressRefused(hostname, address, specialAddress(address) ?? 'reserved');
}
