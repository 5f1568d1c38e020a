import { readFileSync } from 'node:fs';
import { bodyText } from '../../base/bodies/body-text.ts';
import { parseBaseUrl } from '../../base/config/base-url-field.ts';
import { loadConfig } from '../../base/config/load-config.ts';
import { formatProblem } from '../../base/config/problem.ts';
import { shownValue } from '../../base/config/shown-value.ts';
import { mapTexts } from '../../base/telemetry/map-texts.ts';
import type { Answer, CliIo } from './cli-io.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { printableLine } from './printable.ts';

/** A question to the running router, with the presentation of its answer. */
export interface Question {
  readonly path: string;
  /** Reduces a page to the part needed for display. Absent keeps the whole page. */
  readonly keep?: (page: never) => readonly unknown[];
  /** Formats the answer, or the kept parts of its pages, as lines. */
  readonly show: (answer: never) => readonly string[];
}

export interface AskOptions {
  /** Base URL of the router, unless it is the one configured here. */
  readonly url?: string;
  /** Path of a file with the operators' key of the router. */
  readonly keyFile?: string;
  readonly json?: boolean;
}

/** Default address of the listener. */
const DEFAULT_LISTEN: Listen = { host: '127.0.0.1', port: 3001 };
const PATIENCE_MS = 10_000;

/** Maximum number of pages. It exceeds any real table, and stops a router whose pages never end. */
const MAX_PAGES = 1_000;

/** Maximum size of one page. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Maximum length of a printed error. */
const MAX_ERROR_LENGTH = 2_000;

interface Listen {
  readonly host: string;
  readonly port: number;
}

/** Location of the router to ask. */
interface Place {
  readonly base: string;
  /** Address of its listener, if it is the one configured here. */
  readonly listen: Listen | undefined;
  /** Operators' key. It is sent only to the router that it belongs to. */
  readonly key: string | undefined;
}

/** Reason why no router can be asked. */
interface Nowhere {
  readonly code: ExitCode;
  readonly faults: readonly string[];
}

/** The router rejects the question or gives an invalid answer. */
class NoAnswer extends Error {}

/** Asks the router configured here, or the one at `options.url`, and prints its answer. */
export async function askRouter(question: Question, options: AskOptions, io: CliIo): Promise<ExitCode> {
  const place = await placeOf(options, io);
  if ('faults' in place) {
    io.err(place.faults.map((fault) => `${fault}\n`).join(''));
    return place.code;
  }
  try {
    const pages = pagesOf(place, question.path, io);
    await (options.json === true ? printJson(pages, io) : print(pages, question, place, io));
    return EXIT.ok;
  } catch (error) {
    io.err(`${faultOf(error, place.base)}\n`);
    return EXIT.failure;
  }
}

async function print(
  pages: AsyncIterable<unknown>,
  { keep, show }: Question,
  { base }: Place,
  io: CliIo,
): Promise<void> {
  const kept: unknown[] = [];
  for await (const page of pages) {
    kept.push(keep === undefined ? page : expected(base, () => keep(page as never)));
  }
  const lines = expected(base, () => show((kept.length === 1 ? kept[0] : kept.flat()) as never));
  io.out(`${lines.map(printableLine).join('\n')}\n`);
}

/** Runs `read` on an answer. Throws {@link NoAnswer} if the answer has an unexpected form. */
function expected<T>(base: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    // These errors come from missing fields, other types, invalid dates and excessive sizes.
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new NoAnswer(`The server at ${base} is not a router, or has another version.`, { cause: error });
  }
}

/**
 * Prints each page on arrival, as parts of one JSON value, because all pages together may exceed the maximum string
 * length.
 */
async function printJson(pages: AsyncIterable<unknown>, io: CliIo): Promise<void> {
  let before: string | undefined;
  for await (const page of pages) {
    const text = JSON.stringify(
      mapTexts(page, (inner) => inner),
      undefined,
      2,
    );
    // The closing bracket is held back until the last page.
    if (before !== undefined) io.out(before.replace(/\n?\]$/, ','));
    before = before === undefined ? text : text.replace(/^\[/, '');
  }
  io.out(`${before ?? ''}\n`);
}

function faultOf(error: unknown, base: string): string {
  if (error instanceof NoAnswer) return error.message;
  if (error instanceof SyntaxError) {
    return `The server at ${base} is not a router, because its reply is not JSON. Pass the URL of the router with --url.`;
  }
  return `No router answers at ${base} (${reasonOf(error)}). Start one with BGP_ASN or BGP_LISTEN set, or pass another URL with --url.`;
}

async function placeOf({ url, keyFile }: AskOptions, io: CliIo): Promise<Place | Nowhere> {
  const place = url === undefined ? await configured(io) : await named(url, io);
  if ('faults' in place || keyFile === undefined) return place;
  try {
    return { ...place, key: readFileSync(keyFile, 'utf8').trim() };
  } catch (error) {
    return { code: EXIT.usage, faults: [`error: --key-file cannot be read: ${reasonOf(error)}`] };
  }
}

async function named(url: string, io: CliIo): Promise<Place | Nowhere> {
  const parsed = parseBaseUrl(url);
  if ('fault' in parsed) {
    return { code: EXIT.usage, faults: [`error: --url ${parsed.fault} (got ${JSON.stringify(shownValue(url))})`] };
  }
  const base = parsed.value;
  const own = await ownRouter(io);
  const isOwn = own.ok && own.urls.includes(base);
  return { base, listen: undefined, key: isOwn ? own.key : undefined };
}

async function configured(io: CliIo): Promise<Place | Nowhere> {
  const own = await ownRouter(io);
  if (!own.ok) return { code: EXIT.config, faults: own.problems };
  const { listen, key } = own;
  if (listen !== undefined) return { base: urlOf(listen), listen, key };
  const fault =
    'The router configured here has no listener, because BGP_LISTEN is off. Set it to host:port, or pass the URL of another router with --url.';
  return { code: EXIT.failure, faults: [fault] };
}

type OwnRouter =
  | { readonly ok: false; readonly problems: readonly string[] }
  | {
      readonly ok: true;
      readonly listen: Listen | undefined;
      /** URLs of the router to which its key may be sent. */
      readonly urls: readonly string[];
      readonly key: string | undefined;
    };

/** Returns the router configured here, or the problems of its configuration. */
async function ownRouter({ env }: CliIo): Promise<OwnRouter> {
  const loaded = await loadConfig(env, (path) => readFileSync(path, 'utf8'));
  if (!loaded.ok) return { ok: false, problems: loaded.problems.map(formatProblem) };
  const { peering } = loaded.config;
  const isOff = peering === undefined ? env['BGP_LISTEN']?.trim() === 'off' : peering.listen === undefined;
  const listen = isOff ? undefined : (peering?.listen ?? DEFAULT_LISTEN);
  const advertised = peering?.advertiseUrl;
  // An http URL is excluded, because the key would be sent unencrypted.
  const urls = [listen && urlOf(listen), advertised?.startsWith('https:') === true ? advertised : undefined];
  return { ok: true, listen, urls: urls.flatMap((url) => url ?? []), key: peering?.operatorsKey };
}

function urlOf({ host, port }: Listen): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** Yields the pages of an answer. */
async function* pagesOf(place: Place, path: string, io: CliIo): AsyncGenerator {
  const { base } = place;
  let next: string | undefined = path;
  for (let page = 0; next !== undefined && page < MAX_PAGES; page += 1) {
    const { status, link, body } = await answerOf(place, next, io);
    const value: unknown = JSON.parse(body);
    if (status === 401) {
      throw new NoAnswer(
        `${base} requires the operators.key of its config file. Pass a file that contains it with --key-file, or run this command on that machine as the user of the router.`,
      );
    }
    if (status !== 200) {
      throw new NoAnswer(errorIn(value) ?? `${base}${path} answers HTTP ${status}`);
    }
    yield value;
    // Uses only the query of the link, so that the router cannot redirect us to another server.
    const query: string | undefined = /^<[^?>]*(\?[^>]*)>; rel="next"$/.exec(link ?? '')?.[1];
    next = query === undefined ? undefined : path.replace(/\?.*$/, '') + query;
  }
}

/** Asks without the key, then through the local socket of the router, and sends the key only if both are rejected. */
async function answerOf({ base, listen, key }: Place, path: string, io: CliIo): Promise<Answer> {
  const open = await overHttp(`${base}${path}`);
  if (open.status !== 401) return open;
  const own = listen && (await io.askRunning(listen, path).catch(() => undefined));
  if (own !== undefined) return own;
  return key === undefined ? open : overHttp(`${base}${path}`, key);
}

/** Returns the error in an answer, as one line. */
function errorIn(answer: unknown): string | undefined {
  const error: unknown = typeof answer === 'object' && answer !== null && 'error' in answer ? answer.error : undefined;
  return typeof error === 'string' ? printableLine(error.slice(0, MAX_ERROR_LENGTH)) : undefined;
}

/**
 * Returns the reason of an error. The reason for a failed fetch is in its cause, which has only a code if several
 * addresses were tried.
 */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return reasonOf(error.cause);
  return error.message || ('code' in error ? String(error.code) : error.name);
}

async function overHttp(url: string, key?: string): Promise<Answer> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...(key !== undefined && {
      redirect: 'error',
      // Basic accepts every character in a key, unlike Bearer.
      headers: { authorization: `Basic ${Buffer.from(`operator:${key}`).toString('base64')}` },
    }),
  });
  const body = await bodyText(response.body ?? [], MAX_ANSWER_BYTES);
  if (body === undefined) throw new Error(`its answer exceeds ${MAX_ANSWER_BYTES / 1024 / 1024} MiB`);
  return { status: response.status, link: response.headers.get('link') ?? undefined, body };
}
