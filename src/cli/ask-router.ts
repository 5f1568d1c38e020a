import { readFileSync } from 'node:fs';
import { bodyText } from '../body-text.ts';
import { mapTexts } from '../telemetry/map-texts.ts';
import { parseBaseUrl } from '../config/base-url.ts';
import { loadConfig } from '../config/load-config.ts';
import { formatProblem } from '../config/problem.ts';
import { shownValue } from '../config/shown-value.ts';
import type { CliIo } from './cli-io.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { printableLine } from './printable.ts';

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

/** How much is read of an answer: more than the table of any router. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/** How much is printed of an error. */
const MAX_ERROR_LENGTH = 2_000;

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
  const lines = linesOf(json === true ? asJson : (value) => show(value as never).map(printableLine), answer.value);
  if (lines === undefined) {
    io.err(`What answers at ${place.base} is no router, or one of another version.\n`);
    return EXIT.failure;
  }
  io.out(`${lines.join('\n')}\n`);
  return EXIT.ok;
}

/** The answer as lines; undefined where it is of another form than a router's. */
function linesOf(show: (answer: unknown) => readonly string[], answer: unknown): readonly string[] | undefined {
  try {
    return show(answer);
  } catch (error) {
    // What is not there, is of another type, is no date or is too much.
    if (error instanceof TypeError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function asJson(answer: unknown): readonly string[] {
  return [
    JSON.stringify(
      mapTexts(answer, (text) => text),
      undefined,
      2,
    ),
  ];
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
    const value: unknown = JSON.parse(body);
    if (status === 200) return { value };
    if (status === 401) {
      return { fault: `${base} shows nothing without a token. Ask on its machine, as the user that runs the router.` };
    }
    return { fault: errorIn(value) ?? `${base}${path} answers HTTP ${status}` };
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

/** What a router says is wrong, as one line. */
function errorIn(answer: unknown): string | undefined {
  const error: unknown = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : undefined;
  return typeof error === 'string' ? printableLine(error.slice(0, MAX_ERROR_LENGTH)) : undefined;
}

/** What fetch reports lies in its cause; where several addresses were tried, that has a code alone. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reasonOf(error.cause);
  return error.message || ('code' in error ? String(error.code) : error.name);
}

async function overHttp(url: string): Promise<Answer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const body = await bodyText(response.body ?? [], MAX_ANSWER_BYTES);
  if (body === undefined) throw new Error(`it says more than ${MAX_ANSWER_BYTES / 1024 / 1024} MiB`);
  return { status: response.status, body };
}
