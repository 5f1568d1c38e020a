import { spawnMastra, type MastraProcess } from '../../servers/mastra-process.ts';

/** What can happen to a server. */
export const MISHAPS = ['killed', 'hung', 'slow', 'failing'] as const;

export type Mishap = (typeof MISHAPS)[number];

/** The agent that every server has. */
export const AGENT = 'agent';

const SLOW_MS = 2_000;

/** A real Mastra server in a process of its own, to which things happen; it writes every run of its agent into a file. */
export class Patient {
  readonly name: string;
  readonly url: string;
  readonly #ledger: string;
  #process: MastraProcess;
  #ailing: Mishap | undefined;

  private constructor(name: string, ledger: string, process: MastraProcess) {
    this.name = name;
    this.url = process.url;
    this.#ledger = ledger;
    this.#process = process;
  }

  static async start(name: string, ledger: string): Promise<Patient> {
    return new Patient(name, ledger, await spawnMastra({ agents: [{ id: AGENT }], ledger }));
  }

  async strike(mishap: Mishap): Promise<void> {
    this.#ailing = mishap;
    if (mishap === 'killed') await this.#process.kill();
    else if (mishap === 'hung') process.kill(this.#process.pid, 'SIGSTOP');
    else await this.#process.setMood(mishap === 'slow' ? { delayMs: SLOW_MS } : { status: 500 });
  }

  /** Makes it well again, if it is not; resolves when it is. */
  async restore(): Promise<void> {
    const mishap = this.#ailing;
    if (mishap === undefined) return;
    this.#ailing = undefined;
    if (mishap === 'killed') {
      const port = Number(new URL(this.url).port);
      this.#process = await spawnMastra({ agents: [{ id: AGENT }], ledger: this.#ledger, port });
    } else if (mishap === 'hung') process.kill(this.#process.pid, 'SIGCONT');
    else await this.#process.setMood({});
  }

  async stop(): Promise<void> {
    await this.restore();
    await this.#process.kill();
  }
}
