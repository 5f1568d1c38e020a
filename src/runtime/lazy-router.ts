import { inspect } from 'node:util';
import { Failure } from '../base/failure/failure.ts';
import type { LogEvent } from '../base/telemetry/log-event.ts';
import type { Router } from './router.ts';

/** Loads the router on first use, because the answer to `initialize` does not need it. */
export class LazyRouter {
  readonly #env: NodeJS.ProcessEnv;
  #router: Promise<Router> | undefined;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** Returns the started router. Rejects with a `Failure` if the configuration is invalid. */
  started(): Promise<Router> {
    this.#router ??= import('./router.ts').then(({ startRouter }) => startRouter(this.#env));
    return this.#router;
  }

  /** Logs an event if the router has started. An unexpected error that prevented the start goes to standard error. */
  log(event: LogEvent): void {
    this.#router?.then(
      (router) => {
        router.log(event);
      },
      (error: unknown) => {
        if (!(error instanceof Failure)) process.stderr.write(`${inspect(error)}\n`);
      },
    );
  }

  /** Stops the router and resolves when it has stopped. A router with an invalid configuration never started. */
  async stop(): Promise<void> {
    const router = await this.#router?.catch(() => undefined);
    await router?.stop();
  }
}
