import type { Dispatcher } from 'undici';

/**
 * The platform's own `Response`. The listener's HTTP library replaces the global one, and reading from that is slower.
 */
const { Response } = globalThis;

/**
 * Converts a transport's reply into a standard `Response`. JSON is read whole, which costs a fraction of streaming it.
 * Other bodies are streamed, and `failure` translates their errors.
 */
export async function replyResponse(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  failure: (error: unknown) => Error,
): Promise<Response> {
  const init = { status: statusCode, headers: headerPairs(headers) };
  if (statusCode === 204 || statusCode === 205) return new Response(null, init);
  if (String(headers['content-type']).startsWith('application/json'))
    return new Response(await body.arrayBuffer(), init);
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const next = await chunks.next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        } catch (error) {
          controller.error(failure(error));
        }
      },
      cancel: () => {
        body.destroy();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(stream, init);
}

function headerPairs(headers: Dispatcher.ResponseData['headers']): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')]],
  );
}
