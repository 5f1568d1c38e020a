import { inspect } from 'node:util';
import { Failure } from '../base/failure/failure.ts';
import type { LogEvent } from '../base/telemetry/log-event.ts';
import type { Router } from './router.ts';

/** The router and all that it needs, loaded when first asked for: the answer to `initialize` needs none of it. */
export class LazyRouter {
  readonly #env: NodeJS.ProcessEnv;
  #router: Promise<Router> | undefined;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** Rejects with a `Failure` when the configuration is invalid. */
  started(): Promise<Router> {
    this.#router ??= import('./router.ts').then(({ startRouter }) => startRouter(this.#env));
    return this.#router;
  }

  /** Logs where the router could start; an error that kept it from starting goes to standard error itself. */
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

  /** Resolves when nothing runs any more; an invalid configuration has started nothing. */
  async stop(): Promise<void> {
    const router = await this.#router?.catch(() => undefined);
    await router?.stop();
  }
}
