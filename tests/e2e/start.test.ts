import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { freePort } from '../servers/free-port.ts';
import { INITIALIZE, messages, msUntilExit, send, spawnProgram, until } from './program.ts';

it('keeps stdout for MCP whatever a library prints', async () => {
  const noise = `
    process.stdin.once('newListener', () => setInterval(() => {
      console.log('noise'); console.table([1]); console.dir({}); process.stdout.write('noise\\n');
    }, 1).unref());
  `;
  const child = spawnProgram({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(noise)}` });
  const stderr = text(child.stderr);
  const seen: unknown[] = [];
  send(child, INITIALIZE);
  for await (const { id } of messages(child)) {
    seen.push(id);
    if (seen.length < 50) send(child, { id: seen.length, method: 'ping' });
    else child.stdin.end();
  }
  expect(seen).toEqual(Array.from({ length: 50 }, (_, id) => id));
  expect(await stderr).toContain('noise');
});

it('says on an old Node what it needs, and does nothing else', async () => {
  const pretend = "Object.defineProperty(process.versions, 'node', { value: '22.12.0' })";
  const child = spawnProgram({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(pretend)}` });
  const stderr = text(child.stderr);
  await msUntilExit(child);
  expect(child.exitCode).toBe(1);
  expect(await stderr).toContain('needs Node.js 22.13 or newer; this is 22.12.0');
});

it('routes for others although nobody speaks MCP with it', async () => {
  const port = await freePort();
  const child = spawnProgram({ MASTRA_SERVERS: 'none', BGP_ASN: '65100', BGP_LISTEN: `127.0.0.1:${port}` });
  await until(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/bgp/status`).catch(() => undefined);
    return response?.ok === true;
  });
  child.stdin.end();
  await msUntilExit(child);
  expect(child.exitCode).toBe(0);
});
