/** The types of messages (RFC 4271 §4.1), as far as a peer needs them that sends and counts routes. */
export const OPEN = 1;
export const UPDATE = 2;
export const NOTIFICATION = 3;
export const KEEPALIVE = 4;

/** Some daemons write nothing to a peer that wants no hold time. */
export const HOLD_TIME_SECONDS = 90;
const HEADER_BYTES = 19;
const LENGTH_AT = 16;
const TYPE_AT = 18;
const MAX_MESSAGE_BYTES = 4_096;
const PREFIX_BYTES = 4;
/** Routes are the prefixes of 24 bits from 20.0.0.0 on. */
const FIRST_OCTET = 20;
/** Nobody forwards packets here, and some daemons want no next hop on loopback. */
const NEXT_HOP = '10.0.0.1';
/** Multiprotocol IPv4 unicast, and AS numbers of four octets (RFC 5492 §4). */
const CAPABILITIES = (asn: number) => [2, 6, 1, 4, 0, 1, 0, 1, 2, 6, 65, 4, ...octets(asn, 4)];

export interface BgpMessage {
  readonly type: number;
  readonly body: Buffer;
}

export function open(asn: number, address: string): Buffer {
  const options = CAPABILITIES(asn);
  return message(OPEN, [
    4,
    ...octets(asn, 2),
    ...octets(HOLD_TIME_SECONDS, 2),
    ...ip(address),
    options.length,
    ...options,
  ]);
}

export function keepalive(): Buffer {
  return message(KEEPALIVE, []);
}

/** Announcements of routes, as many to a message as there is room for. */
export function announcements(routes: readonly number[], asn: number): Buffer {
  const origin = [0x40, 1, 1, 0];
  const asPath = [0x40, 2, 6, 2, 1, ...octets(asn, 4)];
  const nextHop = [0x40, 3, 4, ...ip(NEXT_HOP)];
  const attributes = [...origin, ...asPath, ...nextHop];
  const head = [0, 0, ...octets(attributes.length, 2), ...attributes];
  return batched(routes, head.length, (prefixes) => [...head, ...prefixes]);
}

export function withdrawals(routes: readonly number[]): Buffer {
  return batched(routes, 4, (prefixes) => [...octets(prefixes.length, 2), ...prefixes, 0, 0]);
}

/** The routes that an UPDATE takes away and brings. */
export function readUpdate(body: Buffer): { readonly withdrawn: number[]; readonly reach: number[] } {
  const withdrawnEnd = 2 + body.readUInt16BE(0);
  const attributesEnd = withdrawnEnd + 2 + body.readUInt16BE(withdrawnEnd);
  return { withdrawn: readRoutes(body, 2, withdrawnEnd), reach: readRoutes(body, attributesEnd, body.length) };
}

/** Cuts whole messages off what has come; what is left belongs to the next one. */
export function readMessages(bytes: Buffer): { readonly messages: BgpMessage[]; readonly rest: Buffer } {
  const messages: BgpMessage[] = [];
  let at = 0;
  while (bytes.length - at >= HEADER_BYTES) {
    const end = at + bytes.readUInt16BE(at + LENGTH_AT);
    if (end > bytes.length) break;
    messages.push({ type: bytes.readUInt8(at + TYPE_AT), body: bytes.subarray(at + HEADER_BYTES, end) });
    at = end;
  }
  return { messages, rest: bytes.subarray(at) };
}

function message(type: number, body: readonly number[]): Buffer {
  const marker = Array.from({ length: LENGTH_AT }, () => 0xff);
  return Buffer.from([...marker, ...octets(HEADER_BYTES + body.length, 2), type, ...body]);
}

function batched(routes: readonly number[], overhead: number, body: (prefixes: number[]) => number[]): Buffer {
  const most = Math.floor((MAX_MESSAGE_BYTES - HEADER_BYTES - overhead) / PREFIX_BYTES);
  const batches = Array.from({ length: Math.ceil(routes.length / most) }, (_, at) =>
    routes.slice(at * most, (at + 1) * most),
  );
  return Buffer.concat(batches.map((batch) => message(UPDATE, body(batch.flatMap(prefix)))));
}

function prefix(route: number): number[] {
  return [24, FIRST_OCTET + (route >> 16), (route >> 8) & 255, route & 255];
}

function readRoutes(body: Buffer, from: number, to: number): number[] {
  const routes: number[] = [];
  for (let at = from; at < to; at += 1 + Math.ceil(body.readUInt8(at) / 8)) {
    routes.push(((body.readUInt8(at + 1) - FIRST_OCTET) << 16) | body.readUInt16BE(at + 2));
  }
  return routes;
}

function octets(value: number, count: 2 | 4): number[] {
  return Array.from({ length: count }, (_, at) => (value >>> (8 * (count - 1 - at))) & 255);
}

function ip(address: string): number[] {
  return address.split('.').map(Number);
}
