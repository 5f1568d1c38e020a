import { readFileSync } from 'node:fs';
import { loadConfig } from '../config/load-config.ts';
import { formatProblem } from '../config/problem.ts';
import type { CliIo } from './cli-io.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/** What is asked of the running router, and how its answer is shown. */
export interface Question {
  readonly path: string;
  /** The answer as lines for people. */
  readonly show: (answer: never) => readonly string[];
}

export interface AskOptions {
  /** The base URL of the router, when it is not the one that is configured here. */
  readonly url?: string;
  readonly json?: boolean;
}

const DEFAULT_URL = 'http://127.0.0.1:3001';
const PATIENCE_MS = 10_000;

/** Asks the router that runs under the present configuration. */
export async function askRouter({ path, show }: Question, { url, json }: AskOptions, io: CliIo): Promise<ExitCode> {
  const base = url ?? (await configuredUrl(io));
  if (base === undefined) return EXIT.config;
  const answer = await ask(`${base}${path}`);
  if ('fault' in answer) {
    io.err(`${answer.fault}\n`);
    return EXIT.failure;
  }
  const lines = json === true ? [JSON.stringify(answer.value, undefined, 2)] : show(answer.value as never);
  io.out(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

async function configuredUrl({ env, err }: CliIo): Promise<string | undefined> {
  const loaded = await loadConfig(env, (path) => readFileSync(path, 'utf8'));
  if (loaded.ok) {
    const { host, port } = loaded.config.peering?.listen ?? {};
    if (host === undefined || port === undefined) return DEFAULT_URL;
    const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
    return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
  }
  for (const problem of loaded.problems) err(`${formatProblem(problem)}\n`);
  return undefined;
}

async function ask(url: string): Promise<{ readonly value: unknown } | { readonly fault: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const value = (await response.json()) as { readonly error?: unknown };
    if (response.ok) return { value };
    return { fault: typeof value.error === 'string' ? value.error : `${url} answers HTTP ${response.status}` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      fault: `No router answers at ${new URL(url).origin} (${reason}). Start one with BGP_ASN or BGP_LISTEN set, or name another with --url.`,
    };
  }
}
