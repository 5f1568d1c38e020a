import { readFileSync } from 'node:fs';
import { parseBaseUrl } from '../config/base-url.ts';
import { loadConfig } from '../config/load-config.ts';
import { formatProblem } from '../config/problem.ts';
import { shownValue } from '../config/shown-value.ts';
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

/** Where the router is to be asked. */
interface Place {
  readonly base: string;
  /** Where it listens, when it is the one that is configured here. */
  readonly listen: Listen | undefined;
}

/** Why there is nobody to ask. */
interface Nowhere {
  readonly code: ExitCode;
  readonly faults: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Asks the router that runs under the present configuration, or the one at a URL. */
export async function askRouter({ path, show }: Question, { url, json }: AskOptions, io: CliIo): Promise<ExitCode> {
  const place = url === undefined ? await configured(io) : named(url);
  if ('faults' in place) {
    io.err(place.faults.map((fault) => `${fault}\n`).join(''));
    return place.code;
  }
  const answer = await ask(place, path, io);
  if ('fault' in answer) {
    io.err(`${answer.fault}\n`);
    return EXIT.failure;
  }
  const lines = json === true ? [JSON.stringify(answer.value, undefined, 2)] : show(answer.value as never);
  io.out(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

function named(url: string): Place | Nowhere {
  const parsed = parseBaseUrl(url);
  if ('value' in parsed) return { base: parsed.value, listen: undefined };
  return { code: EXIT.usage, faults: [`error: --url ${parsed.fault} (got ${JSON.stringify(shownValue(url))})`] };
}

async function configured({ env }: CliIo): Promise<Place | Nowhere> {
  const loaded = await loadConfig(env, (path) => readFileSync(path, 'utf8'));
  if (!loaded.ok) return { code: EXIT.config, faults: loaded.problems.map(formatProblem) };
  const { peering } = loaded.config;
  const isOff = peering === undefined ? env['BGP_LISTEN']?.trim() === 'off' : peering.listen === undefined;
  if (isOff) {
    const fault =
      'The router configured here has no listener that could be asked: BGP_LISTEN is off. Set it to host:port, or name another router with --url.';
    return { code: EXIT.failure, faults: [fault] };
  }
  const listen = peering?.listen ?? DEFAULT_LISTEN;
  return { base: urlOf(listen), listen };
}

function urlOf({ host, port }: Listen): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

async function ask(
  { base, listen }: Place,
  path: string,
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
    if (error instanceof SyntaxError) {
      return {
        fault: `What answers at ${base} is no router: its reply is not JSON. Name the router's own URL with --url.`,
      };
    }
    return {
      fault: `No router answers at ${base} (${reasonOf(error)}). Start one with BGP_ASN or BGP_LISTEN set, or name another with --url.`,
    };
  }
}

/** What fetch reports lies in its cause; where several addresses were tried, that has a code alone. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reasonOf(error.cause);
  return error.message || ('code' in error ? String(error.code) : error.name);
}

async function overHttp(url: string): Promise<Answer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  return { status: response.status, body: await response.text() };
}
