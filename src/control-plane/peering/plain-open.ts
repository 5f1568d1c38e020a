import { FAMILIES } from '../../core/bgp/packet/nlri.ts';
import { VERSION } from '../../core/bgp/packet/message.ts';
import type { WireMessage } from '../../core/bgp/packet/wire.ts';
import type { PlainHello } from './hello.ts';
import type { Identity } from '../speaker/identity.ts';

const DEFAULT_HOLD_TIME_SECONDS = 90;

/** Returns the OPEN and the identity that a hello in its shortest form stands for. */
export function plainOpen(hello: PlainHello): { readonly open: WireMessage; readonly remote: Identity } {
  const { localASN: asn, routerId = quadOf(asn), holdTimeSeconds = DEFAULT_HOLD_TIME_SECONDS } = hello;
  return {
    open: { type: 'open', version: VERSION, asn, routerId, holdTimeSeconds, capabilities: { families: [...FAMILIES] } },
    remote: { asn, routerId },
  };
}

/** Returns a 32-bit number as a dotted quad. It turns the ASN into the default router id. */
function quadOf(asn: number): string {
  return [24, 16, 8, 0].map((bits) => (asn >>> bits) & 255).join('.');
}
