import { spawnMastra, type MastraProcess } from '../../tests/servers/mastra-process.ts';
import type { MastraServerOptions } from '../../tests/servers/mastra-server.ts';

/** The Mastra servers of a demo, each in its own process. */
export class Servers {
  readonly #outlive: boolean;
  readonly #running = new Set<MastraProcess>();

  constructor(outlive: boolean) {
    this.#outlive = outlive;
  }

  get pids(): readonly number[] {
    return [...this.#running].map(({ pid }) => pid);
  }

  async start(options: MastraServerOptions): Promise<MastraProcess> {
    const server = await spawnMastra(options, this.#outlive);
    this.#running.add(server);
    return server;
  }

  /** Ends one server, or all of them. */
  async kill(server?: MastraProcess): Promise<void> {
    const chosen = server === undefined ? [...this.#running] : [server];
    await Promise.all(
      chosen.map(async (one) => {
        await one.kill();
        this.#running.delete(one);
      }),
    );
  }
}
