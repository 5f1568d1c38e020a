import { startProgram, type Program } from '../e2e/program.ts';
import { startCanned } from '../servers/canned-server.ts';
import { residentMb } from './memory.ts';

const MESSAGES = [{ role: 'user', content: 'Say two words.' }];
const LOOKS = 20;
const AT_ONCE = 8;
/** How much more than halfway the program may hold at the end. */
const GROWTH = 1.1;

/**
 * `npm run long -- memory-calls [thousands]`: calls of which a quarter fails and a quarter is cancelled, and what the program
 * holds resident meanwhile. Fails if that grows in the second half.
 */
export async function memoryCalls(thousands: number): Promise<boolean> {
  const server = await startCanned();
  const program = await startProgram({ MASTRA_SERVERS: server.url });
  const resident: number[] = [];
  try {
    await program.call('list-agents', {});
    for (let look = 1; look <= LOOKS; look++) {
      await makeCalls(program, (thousands * 1_000) / LOOKS);
      resident.push(await residentMb(program.pid));
      console.log(`${(look * thousands) / LOOKS} thousand calls: ${resident.at(-1)?.toFixed(0)} MB`);
    }
  } finally {
    await program.stop();
    await server.stop();
  }
  return (resident.at(-1) ?? Infinity) <= (resident[LOOKS / 2] ?? 0) * GROWTH;
}

async function makeCalls(program: Program, count: number): Promise<void> {
  let left = count;
  const caller = async (): Promise<void> => {
    while (left-- > 0) {
      const cancel = new AbortController();
      const target = left % 4 === 0 ? 'missing' : 'canned';
      const args = { name: 'agent-proxy', arguments: { targetAgentId: target, messages: MESSAGES } };
      const call = program.client.callTool(args, undefined, { signal: cancel.signal });
      if (left % 4 === 1) cancel.abort();
      // What fails and what is cancelled is as welcome here as what is answered.
      await call.catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
}
