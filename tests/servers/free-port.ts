import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Each worker has its own range and gives each port once, because a test may listen on it later. */
const PORTS_PER_WORKER = 5_000;
const firstPort = 11_000 + (Number(process.env['VITEST_POOL_ID'] ?? 0) % 4) * PORTS_PER_WORKER;
const given = new Set<number>();

/** Returns a port that is free and stays free until it is used: it is below those that the system gives to outgoing connections. */
export async function freePort(): Promise<number> {
  const port = firstPort + randomInt(PORTS_PER_WORKER);
  if (given.has(port)) return freePort();
  given.add(port);
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return freePort();
  }
  await new Promise((resolve) => server.close(resolve));
  return port;
}
