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

/** What is asked of the running router, and how its answer is shown. */
export interface Question {
  readonly path: string;
  /** What is kept of a page until all are there; all of it if absent. */
  readonly keep?: (page: never) => readonly unknown[];
  /** The answer, or what was kept of its pages, as lines for people. */
  readonly show: (answer: never) => readonly string[];
}

export interface AskOptions {
  /** The base URL of the router, when it is not the one that is configured here. */
  readonly url?: string;
  /** A file that holds the operators' key of the router. */
  readonly keyFile?: string;
  readonly json?: boolean;
}

/** Where a router listens that is told nothing else. */
const DEFAULT_LISTEN: Listen = { host: '127.0.0.1', port: 3001 };
const PATIENCE_MS = 10_000;

/** More pages than any table has; a router that never ends is not followed for ever. */
const MAX_PAGES = 1_000;

/** How much is read of one page. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

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
  /** The operators' key; it goes to no other router than its own. */
  readonly key: string | undefined;
}

/** Why there is nobody to ask. */
interface Nowhere {
  readonly code: ExitCode;
  readonly faults: readonly string[];
}

/** The router cannot be asked, or does not answer as it should. */
class NoAnswer extends Error {}

/** Asks the router that runs under the present configuration, or the one at a URL. */
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

/** Reads an answer as a router gives it; throws {@link NoAnswer} where it is of another form. */
function expected<T>(base: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    // What is not there, is of another type, is no date or is too much.
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    throw new NoAnswer(`What answers at ${base} is no router, or one of another version.`, { cause: error });
  }
}

/** Prints each page when it comes, as parts of one JSON value: all of them together may be longer than a text can be. */
async function printJson(pages: AsyncIterable<unknown>, io: CliIo): Promise<void> {
  let before: string | undefined;
  for await (const page of pages) {
    const text = JSON.stringify(
      mapTexts(page, (inner) => inner),
      undefined,
      2,
    );
    // The bracket that ends a list is printed when no further page comes.
    if (before !== undefined) io.out(before.replace(/\n?\]$/, ','));
    before = before === undefined ? text : text.replace(/^\[/, '');
  }
  io.out(`${before ?? ''}\n`);
}

function faultOf(error: unknown, base: string): string {
  if (error instanceof NoAnswer) return error.message;
  if (error instanceof SyntaxError) {
    return `What answers at ${base} is no router: its reply is not JSON. Name the router's own URL with --url.`;
  }
  return `No router answers at ${base} (${reasonOf(error)}). Start one with BGP_ASN or BGP_LISTEN set, or name another with --url.`;
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
    'The router configured here has no listener that could be asked: BGP_LISTEN is off. Set it to host:port, or name another router with --url.';
  return { code: EXIT.failure, faults: [fault] };
}

type OwnRouter =
  | { readonly ok: false; readonly problems: readonly string[] }
  | {
      readonly ok: true;
      readonly listen: Listen | undefined;
      /** The URLs that lead to it and to which its key may go. */
      readonly urls: readonly string[];
      readonly key: string | undefined;
    };

/** The router that is configured here. */
async function ownRouter({ env }: CliIo): Promise<OwnRouter> {
  const loaded = await loadConfig(env, (path) => readFileSync(path, 'utf8'));
  if (!loaded.ok) return { ok: false, problems: loaded.problems.map(formatProblem) };
  const { peering } = loaded.config;
  const isOff = peering === undefined ? env['BGP_LISTEN']?.trim() === 'off' : peering.listen === undefined;
  const listen = isOff ? undefined : (peering?.listen ?? DEFAULT_LISTEN);
  const advertised = peering?.advertiseUrl;
  // Unencrypted, the key would be read on the way.
  const urls = [listen && urlOf(listen), advertised?.startsWith('https:') === true ? advertised : undefined];
  return { ok: true, listen, urls: urls.flatMap((url) => url ?? []), key: peering?.operatorsKey };
}

function urlOf({ host, port }: Listen): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** Follows an answer through all of its pages. */
async function* pagesOf(place: Place, path: string, io: CliIo): AsyncGenerator {
  const { base } = place;
  let next: string | undefined = path;
  for (let page = 0; next !== undefined && page < MAX_PAGES; page += 1) {
    const { status, link, body } = await answerOf(place, next, io);
    const value: unknown = JSON.parse(body);
    if (status === 401) {
      throw new NoAnswer(
        `${base} shows nothing without a token: the operators.key of its config file. Name a file that holds it with --key-file, or ask on its machine, as the user that runs the router.`,
      );
    }
    if (status !== 200) {
      throw new NoAnswer(errorIn(value) ?? `${base}${path} answers HTTP ${status}`);
    }
    yield value;
    // Only the query of the next page is taken: the router does not choose whom we ask.
    const query: string | undefined = /^<[^?>]*(\?[^>]*)>; rel="next"$/.exec(link ?? '')?.[1];
    next = query === undefined ? undefined : path.replace(/\?.*$/, '') + query;
  }
}

/** Asks without the key first, then as the user that runs the router, and sends the key only where neither is let in. */
async function answerOf({ base, listen, key }: Place, path: string, io: CliIo): Promise<Answer> {
  const open = await overHttp(`${base}${path}`);
  if (open.status !== 401) return open;
  const own = listen && (await io.askRunning(listen, path).catch(() => undefined));
  if (own !== undefined) return own;
  return key === undefined ? open : overHttp(`${base}${path}`, key);
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

async function overHttp(url: string, key?: string): Promise<Answer> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...(key !== undefined && {
      redirect: 'error',
      // Unlike a Bearer token it takes every character.
      headers: { authorization: `Basic ${Buffer.from(`operator:${key}`).toString('base64')}` },
    }),
  });
  const body = await bodyText(response.body ?? [], MAX_ANSWER_BYTES);
  if (body === undefined) throw new Error(`it says more than ${MAX_ANSWER_BYTES / 1024 / 1024} MiB`);
  return { status: response.status, link: response.headers.get('link') ?? undefined, body };
}
