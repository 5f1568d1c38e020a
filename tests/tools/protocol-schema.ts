import { z } from 'zod';
import { wireMessage } from '../../src/core/bgp/packet/wire.ts';
import {
  wireChallenge,
  wireHello,
  wirePlainHello,
  wireProof,
  wireWelcome,
} from '../../src/control-plane/peering/hello.ts';

/** The file that other implementations check their messages with. */
export const SCHEMA_FILE = new URL('../../docs/protocol.schema.json', import.meta.url);

/** The messages as a JSON Schema, made of the schemas that the program itself uses. */
export function protocolSchema(): string {
  const every = z.union([wireMessage, wireHello, wireChallenge, wireProof, wireWelcome, wirePlainHello]);
  const schema = z.toJSONSchema(every, { unrepresentable: 'any' });
  return `${JSON.stringify({ title: 'Messages of agent-bgp.v1', ...schema }, undefined, 2)}\n`;
}
