import { Failure } from '../../base/failure/failure.ts';

/** All slots of a next hop are taken and its queue is full. */
export class QueueFull extends Failure {
  constructor(nextHop: string, retryAfterMs: number) {
    super(
      'SERVER_UNAVAILABLE',
      `${nextHop} has reached its limits of running and waiting calls; nothing was sent. Retry in ${retryAfterMs} ms.`,
      { blames: 'nobody', reached: 'no', details: { retryAfterMs } },
    );
  }
}

/** A call ended while it waited for a slot. */
export class QueueLeft extends Failure {
  constructor(nextHop: string) {
    super('TIMEOUT', `The call ended while it waited for a slot at ${nextHop}; nothing was sent. Allow more time.`, {
      blames: 'nobody',
      reached: 'no',
    });
  }
}
