import { bodyText } from '../../base/bodies/body-text.ts';
import { Failure } from '../../base/failure/failure.ts';

/** More than a conversation is, images included. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** How many bytes of bodies are held at once for all callers together: as text and on their way out they take up to four times as much. */
const MAX_HELD_BYTES = 48 * 1024 * 1024;

/** How long a body may take to come. */
const BODY_MS = 30_000;

/** When to try again: by then some of the calls have ended. */
const RETRY_AFTER_MS = 1_000;

/** The request is larger than any router carries. */
export class RequestTooLarge extends Failure {
  constructor(maxBytes = MAX_BODY_BYTES) {
    super('INVALID_REQUEST', `The request is larger than ${maxBytes / 1024 / 1024} MiB. Say less at once.`, {
      blames: 'caller',
    });
  }
}

/** The body is in a form that is not read here. */
class RequestEncoded extends Failure {
  constructor() {
    super('INVALID_REQUEST', 'The request has a content-encoding, which is not read here. Send it as it is.', {
      blames: 'caller',
    });
  }
}

/** The bodies of calls under way take the room that there is for those of this caller. */
class NoRoomForBody extends Failure {
  constructor() {
    super(
      'SERVER_UNAVAILABLE',
      `Calls under way take the room for requests of this size. Nothing was sent. Call again in ${RETRY_AFTER_MS} ms.`,
      { blames: 'nobody', details: { retryAfterMs: RETRY_AFTER_MS } },
    );
  }
}

/** A body has begun and does not come to its end. */
class BodyLate extends Failure {
  constructor() {
    super('TIMEOUT', `The request did not come within ${BODY_MS / 1_000} s. Nothing was sent.`, { blames: 'caller' });
  }
}

/** A body on its way to us, and what was said of it before. */
interface Incoming {
  readonly header: (name: string) => string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Bounds the memory that bodies of calls take: a caller may hold as much as is left for all others, so that there is room
 * for one more however many come.
 */
export class HeldBodies {
  readonly #held = new Map<string, number>();
  #total = 0;

  /** Room for the body of one call; whoever calls this calls {@link HeldBody.release}. */
  begin(caller: string): HeldBody {
    return new HeldBody({
      has: (bytes) => this.#has(caller, bytes),
      take: (bytes) => {
        this.#total += bytes;
        this.#held.set(caller, this.#of(caller) + bytes);
      },
      giveBack: (bytes) => {
        this.#total -= bytes;
        const left = this.#of(caller) - bytes;
        if (left > 0) this.#held.set(caller, left);
        else this.#held.delete(caller);
      },
    });
  }

  #has(caller: string, bytes: number): boolean {
    return this.#of(caller) + bytes <= MAX_HELD_BYTES - this.#total - bytes;
  }

  #of(caller: string): number {
    return this.#held.get(caller) ?? 0;
  }
}

interface Room {
  readonly has: (bytes: number) => boolean;
  readonly take: (bytes: number) => void;
  readonly giveBack: (bytes: number) => void;
}

/** The body of one call: it counts from its first byte until it is released. */
export class HeldBody {
  readonly #room: Room;
  #size = 0;
  #isReleased = false;

  constructor(room: Room) {
    this.#room = room;
  }

  /** Reads the body to its end; rejects with a `Failure`, at once where it says of itself that it is too large. */
  async read({ header, body }: Incoming): Promise<string> {
    const encoding = header('content-encoding') ?? 'identity';
    if (encoding.toLowerCase() !== 'identity') throw new RequestEncoded();
    const declared = Number(header('content-length') ?? 0);
    if (declared > MAX_BODY_BYTES) throw new RequestTooLarge();
    if (!this.#room.has(declared)) throw new NoRoomForBody();
    const text = await inTime(bodyText(body, MAX_BODY_BYTES, this.#coming));
    if (text === undefined) throw new RequestTooLarge();
    return text;
  }

  release(): void {
    this.#isReleased = true;
    this.#room.giveBack(this.#size);
    this.#size = 0;
  }

  readonly #coming = (bytes: number): void => {
    if (this.#isReleased || !this.#room.has(bytes)) throw new NoRoomForBody();
    this.#room.take(bytes);
    this.#size += bytes;
  };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new BodyLate());
    }, BODY_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
