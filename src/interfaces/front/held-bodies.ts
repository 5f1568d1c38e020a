import { bodyText } from '../../base/bodies/body-text.ts';
import { Failure } from '../../base/failure/failure.ts';

/** Maximum size of one body. It exceeds any conversation, images included. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Maximum size of all bodies together. As text and while they are sent, they take up to four times as much memory. */
const MAX_HELD_BYTES = 48 * 1024 * 1024;

/** Time limit for the arrival of a body. */
const BODY_MS = 30_000;

/** Retry time. By then some of the running calls have ended. */
const RETRY_AFTER_MS = 1_000;

/** The request is larger than any router carries. */
export class RequestTooLarge extends Failure {
  constructor(maxBytes = MAX_BODY_BYTES) {
    super('INVALID_REQUEST', `The request is larger than ${maxBytes / 1024 / 1024} MiB. Send less at once.`, {
      blames: 'caller',
    });
  }
}

/** The body has a content-encoding that this router does not decode. */
class RequestEncoded extends Failure {
  constructor() {
    super('INVALID_REQUEST', 'The request has a content-encoding, which is not supported. Send it unencoded.', {
      blames: 'caller',
    });
  }
}

/** Bodies of running calls take the memory that is available to this caller. */
class NoRoomForBody extends Failure {
  constructor() {
    super(
      'SERVER_UNAVAILABLE',
      `Running calls take the memory for requests of this size. Nothing was sent. Retry in ${RETRY_AFTER_MS} ms.`,
      { blames: 'nobody', details: { retryAfterMs: RETRY_AFTER_MS } },
    );
  }
}

/** A body did not arrive completely in time. */
class BodyLate extends Failure {
  constructor() {
    super('TIMEOUT', `The request did not arrive within ${BODY_MS / 1_000} s. Nothing was sent.`, { blames: 'caller' });
  }
}

/** An incoming body and its headers. */
interface Incoming {
  readonly header: (name: string) => string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Limits the memory that bodies of calls take. A caller may hold as much as remains for all others, so that there is
 * always room for another caller.
 */
export class HeldBodies {
  readonly #held = new Map<string, number>();
  #total = 0;

  /** Reserves an account for the body of one call. The caller of this method must call {@link HeldBody.release}. */
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

/** The body of one call. Its bytes count from their arrival until it is released. */
export class HeldBody {
  readonly #room: Room;
  #size = 0;
  #isReleased = false;

  constructor(room: Room) {
    this.#room = room;
  }

  /** Reads the whole body. Rejects with a `Failure`, and does so at once if `content-length` is too large. */
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
