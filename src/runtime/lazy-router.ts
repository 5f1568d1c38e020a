import type { LogEvent } from '../telemetry/log-event.ts';
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

  log(event: LogEvent): void {
    this.#whenStarted((router) => {
      router.log(event);
    });
  }

  /** Resolves when nothing runs any more; an invalid configuration has started nothing. */
  async stop(): Promise<void> {
    const router = await this.#router?.catch(() => undefined);
    await router?.stop();
  }

  /** An invalid configuration is told by every tool call, so that nothing is left to do here. */
  #whenStarted(use: (router: Router) => void): void {
    this.#router?.then(use, () => undefined);
  }
}
