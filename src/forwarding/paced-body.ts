import type { Deadline } from './deadline.ts';
import type { StreamCleaner } from './stream-cleaner.ts';

/**
 * A body on its way to somebody else, cleaned: every chunk begins the deadline anew, and its end, however it comes, ends it.
 */
export function pacedBody(
  body: ReadableStream<Uint8Array>,
  deadline: Deadline,
  cleaner: StreamCleaner,
): ReadableStream<Uint8Array> {
  const stop = (): void => {
    deadline.stop();
  };
  const pass = (bytes: Uint8Array, controller: TransformStreamDefaultController<Uint8Array>): void => {
    if (bytes.length > 0) controller.enqueue(bytes);
  };
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        deadline.renew();
        pass(cleaner.take(chunk), controller);
      },
      flush: (controller) => {
        stop();
        pass(cleaner.end(), controller);
      },
      cancel: stop,
    }),
  );
}
