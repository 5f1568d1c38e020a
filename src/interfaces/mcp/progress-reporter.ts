import type { ServerNotification } from '@modelcontextprotocol/sdk/types.js';

/** Maximum number of unsent notifications. Further ones are dropped while the client does not read. */
const MAX_UNSENT = 256;

/** Returns a function that sends numbered progress notifications for one call. */
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
