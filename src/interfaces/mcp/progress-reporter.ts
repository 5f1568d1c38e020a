import type { ServerNotification } from '@modelcontextprotocol/sdk/types.js';

/** How many notifications may be on their way to a client that does not read; further ones are left out. */
const MAX_UNSENT = 256;

/** Numbers the progress notifications of one call. */
export function progressReporter(
  progressToken: string | number,
  send: (notification: ServerNotification) => Promise<void>,
): (message?: string) => void {
  let progress = 0;
  let unsent = 0;
  const settled = (): void => {
    unsent -= 1;
  };
  return (message) => {
    if (unsent >= MAX_UNSENT) return;
    progress += 1;
    unsent += 1;
    const params = { progressToken, progress, ...(message !== undefined && { message }) };
    void send({ method: 'notifications/progress', params }).then(settled, settled);
  };
}
