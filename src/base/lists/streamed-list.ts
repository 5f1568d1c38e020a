import { setImmediate } from 'node:timers/promises';

/** A list of texts that is produced while it is read. `Place` is the position of a text. */
export interface StreamedList<Place> {
  readonly head: string;
  readonly tail: string;
  /** Place before the first text. */
  readonly start: Place;
  /**
   * Yields the texts after a place, each with its own place. Empty texts are skipped. It is called again for every chunk, so
   * that no iterator over a table outlives a turn of the event loop.
   */
  readonly after: (place: Place) => Iterable<readonly [Place, string]>;
}

/** Size of a chunk in characters, which is also the memory that a stalled reader costs. */
const CHUNK_LENGTH = 16 * 1024;

/** Maximum time per turn of the event loop. */
const SLICE_MS = 5;

/** Number of texts between two checks of the clock. */
const LOOK_EVERY = 32;

/** Streams a list with commas between its texts, at the pace of its reader. Holds only one chunk in memory. */
export function streamedList<Place>({ head, tail, start, after }: StreamedList<Place>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let place = start;
  let separator = '';
  let text = head;
  /** Adds texts until the chunk is full or the time is over. Returns true at the end of the list. */
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
        // A fast reader must not monopolise the event loop.
        else await setImmediate();
      },
    },
    { highWaterMark: 0 },
  );
}
