import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { AddressJudge } from './address-judge.ts';
import { AddressRefused } from './failures.ts';

/** Why a host that is written as an address must not be called, or undefined. */
export function addressRefusal(judge: AddressJudge, host: string): AddressRefused | undefined {
  const kind = isIP(host) === 0 ? undefined : judge(host, host);
  return kind === undefined ? undefined : new AddressRefused(host, host, kind);
}

/**
 * Looks a name up and yields those of its addresses that may be called. The socket connects to what this yields, so no
 * second look-up can lead elsewhere.
 */
export function guardedLookup(judge: AddressJudge): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const usable = addresses.filter(({ address }) => judge(hostname, address) === undefined);
      const [first] = usable;
      if (first === undefined) {
        const address = addresses[0]?.address ?? 'none';
        callback(new AddressRefused(hostname, address, judge(hostname, address) ?? 'unknown'), []);
      } else if (options.all === true) callback(null, usable);
      else callback(null, first.address, first.family);
    });
  };
}
