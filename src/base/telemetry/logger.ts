import pino from 'pino';
import { escapeHidden } from '../../core/bgp/packet/escape-hidden.ts';
import type { Log } from './log-event.ts';
import { LOG_EVENTS } from './log-event.ts';
import type { LogLevel } from './log-level.ts';
import { redact } from './redact.ts';
import { SecretMask } from './secret-mask.ts';

/** Destination of finished lines. */
export interface LogSink {
  write(line: string): void;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Values that no line may contain, such as those of configured headers. */
  readonly secrets?: readonly string[];
  readonly sink?: LogSink;
}

/**
 * Creates a log that writes one JSON object per line to standard error. Masks secrets and escapes hidden characters.
 */
export function createLogger({ level, secrets = [], sink = standardError() }: LoggerOptions): Log {
  const { text: mask } = new SecretMask(secrets.map((secret) => JSON.stringify(secret).slice(1, -1)));
  const masked: LogSink = {
    write: (line) => {
      sink.write(escapeHidden(redact(mask(line))));
    },
  };
  const logger = pino(
    { level, base: { pid: process.pid }, messageKey: 'message', serializers: { error: describeError } },
    masked,
  );
  return ({ event, ...fields }) => {
    const [eventLevel, message] = LOG_EVENTS[event];
    logger[eventLevel]({ event, ...fields }, message);
  };
}

/** Limit of unread output on standard error. Further lines are dropped until the reader catches up. */
const MAX_UNREAD_BYTES = 1024 * 1024;

/** Writes without waiting, because many clients open a pipe for the log and never read it. */
function standardError(): LogSink {
  const { stderr } = process;
  return {
    write: (line) => {
      if (stderr.writableLength < MAX_UNREAD_BYTES) stderr.write(line);
    },
  };
}

/** Selects the standard fields of an error. Omits others, because libraries attach requests with secret headers. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause !== undefined && { cause: describeError(cause) }) };
}
