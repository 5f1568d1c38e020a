import type { BodyCleaner } from '../../data-plane/forwarding/cleaner.ts';
import type { Deadline } from '../../data-plane/forwarding/deadline.ts';

/**
 * Returns a cleaned body for forwarding. Every chunk renews the deadline, and the end of the body or an error stops it.
 * A chunk is read only when the reader wants one.
 */
export function pacedBody(
  body: ReadableStream<Uint8Array>,
  deadline: Deadline,
  cleaner: BodyCleaner,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const next = async (): Promise<Uint8Array | undefined> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      deadline.renew();
      const clean = cleaner.take(value);
      if (clean.length > 0) return clean;
    }
  };
  const end = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    deadline.stop();
    const rest = cleaner.end();
    if (rest.length > 0) controller.enqueue(rest);
    controller.close();
  };
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const chunk = await next();
          if (chunk === undefined) end(controller);
          else controller.enqueue(chunk);
        } catch (error) {
          deadline.stop();
          throw error;
        }
      },
      cancel: async (reason) => {
        deadline.stop();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
