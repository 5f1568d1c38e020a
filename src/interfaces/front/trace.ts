import { z } from 'zod';
import { MAX_ASN } from '../../core/bgp/packet/asn.ts';
import type { Crossed } from '../../core/bgp/packet/crossed.ts';
import { isRouterId } from '../../core/bgp/packet/router-id.ts';
import { Failure } from '../../base/failure/failure.ts';
import { MESSAGE_SHAPE, parseJson } from '../../base/bodies/parse-json.ts';
import { HOP_LIMIT } from '../../data-plane/forwarding/transit-context.ts';
import type { Relay } from '../../data-plane/forwarding/ports.ts';

const hopSchema = z.object({
  asn: z.int().min(1).max(MAX_ASN),
  routerId: z.ipv4().refine(isRouterId),
  /** Round-trip time between this router and the previous one. */
  ms: z.number().min(0).optional(),
});

const traceSchema = z.object({ hops: z.array(hopSchema).min(1).max(HOP_LIMIT), tookMs: z.number().min(0) });

/** The next router answers without a valid trace. */
class NoTrace extends Failure {
  constructor() {
    super('SERVER_UNAVAILABLE', 'The next router returned no trace.', { blames: 'peer', reached: 'no' });
  }
}

/** Returns a relay that answers a trace. Every router on the path adds itself, and no agent is called. */
export function traceOver(self: Crossed, relay: Relay): Relay {
  const { asn, routerId } = self;
  return async (hop, request) => {
    if (hop.peer === undefined) return Response.json({ hops: [{ asn, routerId }], tookMs: 0 });
    const started = performance.now();
    const response = await relay(hop, request);
    const { data } = traceSchema.safeParse(readAnswer(await response.text()));
    if (data === undefined) throw new NoTrace();
    const tookMs = rounded(performance.now() - started);
    const [next, ...further] = data.hops;
    const ms = Math.max(0, rounded(tookMs - data.tookMs));
    return Response.json({ hops: [{ asn, routerId }, { ...next, ms }, ...further], tookMs });
  };
}

function readAnswer(text: string): unknown {
  try {
    return parseJson(text, MESSAGE_SHAPE);
  } catch {
    return undefined;
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
