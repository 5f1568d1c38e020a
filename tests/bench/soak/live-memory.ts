import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { WebSocket } from 'ws';

/** What a process holds after its garbage was collected. */
export interface Memory {
  readonly residentMb: number;
  readonly heapMb: number;
}

/** Asks a process over its inspector to collect its garbage, and measures what is left. */
export async function liveMemory(pid: number, inspectorPort: number): Promise<Memory> {
  const response = await fetch(`http://127.0.0.1:${inspectorPort}/json/list`);
  const [target] = (await response.json()) as { webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
  await once(socket, 'open');
  try {
    await command(socket, 1, 'HeapProfiler.collectGarbage', {});
    const expression = 'process.memoryUsage().heapUsed + process.memoryUsage().external';
    const heap = await command(socket, 2, 'Runtime.evaluate', { expression });
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const residentMb = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
    return { residentMb, heapMb: Number(heap.result?.value) / 1_048_576 };
  } finally {
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  }
}

interface Answer {
  readonly id: number;
  readonly result: { readonly result?: { readonly value: number } };
}

async function command(socket: WebSocket, id: number, method: string, params: object): Promise<Answer['result']> {
  const answered = new Promise<Answer['result']>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as Answer;
      if (answer.id === id) resolve(answer.result);
    });
  });
  socket.send(JSON.stringify({ id, method, params }));
  return answered;
}
