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

/** Where a router listens that is told nothing else. */
const DEFAULT_LISTEN: Listen = { host: '127.0.0.1', port: 3001 };
const PATIENCE_MS = 10_000;

interface Listen {
  readonly host: string;
  readonly port: number;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Asks the router that runs under the present configuration, or the one at a URL. */
export async function askRouter({ path, show }: Question, { url, json }: AskOptions, io: CliIo): Promise<ExitCode> {
  const listen = url === undefined ? await configuredListen(io) : undefined;
  if (url === undefined && listen === undefined) return EXIT.config;
  const base = url ?? urlOf(listen ?? DEFAULT_LISTEN);
  const answer = await ask(base, path, listen, io);
  if ('fault' in answer) {
    io.err(`${answer.fault}\n`);
    return EXIT.failure;
  }
  const lines = json === true ? [JSON.stringify(answer.value, undefined, 2)] : show(answer.value as never);
  io.out(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

async function configuredListen({ env, err }: CliIo): Promise<Listen | undefined> {
  const loaded = await loadConfig(env, (path) => readFileSync(path, 'utf8'));
  if (loaded.ok) return loaded.config.peering?.listen ?? DEFAULT_LISTEN;
  for (const problem of loaded.problems) err(`${formatProblem(problem)}\n`);
  return undefined;
}

function urlOf({ host, port }: Listen): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

async function ask(
  base: string,
  path: string,
  listen: Listen | undefined,
  io: CliIo,
): Promise<{ readonly value: unknown } | { readonly fault: string }> {
  try {
    const open = await overHttp(`${base}${path}`);
    // A listener that others reach shows nothing without a token; its own user comes in by another way.
    const closed = open.status === 401 && listen !== undefined;
    const { status, body } = (closed ? await io.askRunning(listen, path).catch(() => undefined) : undefined) ?? open;
    const value = JSON.parse(body) as { readonly error?: unknown };
    if (status === 200) return { value };
    if (status === 401) {
      return { fault: `${base} shows nothing without a token. Ask on its machine, as the user that runs the router.` };
    }
    return { fault: typeof value.error === 'string' ? value.error : `${base}${path} answers HTTP ${status}` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      fault: `No router answers at ${new URL(base).origin} (${reason}). Start one with BGP_ASN or BGP_LISTEN set, or name another with --url.`,
    };
  }
}

async function overHttp(url: string): Promise<Answer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  return { status: response.status, body: await response.text() };
}
