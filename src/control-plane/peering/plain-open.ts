import { FAMILIES } from '../../core/bgp/packet/nlri.ts';
import { VERSION } from '../../core/bgp/packet/message.ts';
import type { WireMessage } from '../../core/bgp/packet/wire.ts';
import type { PlainHello } from './hello.ts';
import type { Identity } from '../speaker/identity.ts';

const DEFAULT_HOLD_TIME_SECONDS = 90;

/** The OPEN that a hello in its shortest form stands for. */
export function plainOpen(hello: PlainHello): { readonly open: WireMessage; readonly remote: Identity } {
  const { localASN: asn, routerId = quadOf(asn), holdTimeSeconds = DEFAULT_HOLD_TIME_SECONDS } = hello;
  return {
    open: { type: 'open', version: VERSION, asn, routerId, holdTimeSeconds, capabilities: { families: [...FAMILIES] } },
    remote: { asn, routerId },
  };
}

/** A number of 32 bits as a dotted quad: for want of anything better, the ASN is the router id too. */
function quadOf(asn: number): string {
  return [24, 16, 8, 0].map((bits) => (asn >>> bits) & 255).join('.');
}
