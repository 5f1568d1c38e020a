import { setImmediate } from 'node:timers/promises';

/** A list of texts that is made while it is read. `Place` says how far it has come. */
export interface StreamedList<Place> {
  readonly head: string;
  readonly tail: string;
  /** Before the first text. */
  readonly start: Place;
  /**
   * The texts after a place, each with its own place; an empty text is left out. It is asked anew for every chunk, so that
   * no iterator over a table outlives a turn of the event loop.
   */
  readonly after: (place: Place) => Iterable<readonly [Place, string]>;
}

/** What a reader that has stopped reading costs, in characters. */
const CHUNK_LENGTH = 16 * 1024;

/** How long one turn of the event loop may be spent on a list. */
const SLICE_MS = 5;

/** How many texts are made between two looks at the clock. */
const LOOK_EVERY = 32;

/** Streams a list, with commas between its texts, as fast as it is read: only one chunk is held, whatever the length of the list. */
export function streamedList<Place>({ head, tail, start, after }: StreamedList<Place>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let place = start;
  let separator = '';
  let text = head;
  /** Adds texts until the chunk is full or the slice is over; true at the end of the list. */
  const fill = (): boolean => {
    const started = performance.now();
    let made = 0;
    for (const [reached, next] of after(place)) {
      place = reached;
      if (next !== '') {
        text += separator + next;
        separator = ',';
      }
      made += 1;
      if (text.length >= CHUNK_LENGTH) return false;
      if (made % LOOK_EVERY === 0 && performance.now() - started > SLICE_MS) return false;
    }
    return true;
  };
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        let isOver = fill();
        while (!isOver && text.length < CHUNK_LENGTH) {
          await setImmediate();
          isOver = fill();
        }
        controller.enqueue(encoder.encode(isOver ? text + tail : text));
        text = '';
        if (isOver) controller.close();
        // A reader that takes everything at once must not keep the event loop to itself.
        else await setImmediate();
      },
    },
    { highWaterMark: 0 },
  );
}
