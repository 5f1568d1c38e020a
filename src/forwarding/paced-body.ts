import type { Deadline } from './deadline.ts';

/** A body on its way to somebody else: every chunk begins the deadline anew, and its end, however it comes, ends it. */
export function pacedBody(body: ReadableStream<Uint8Array>, deadline: Deadline): ReadableStream<Uint8Array> {
  const stop = (): void => {
    deadline.stop();
  };
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        deadline.renew();
        controller.enqueue(chunk);
      },
      flush: stop,
      cancel: stop,
    }),
  );
}
