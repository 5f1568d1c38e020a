import { Failure } from '../../base/failure/failure.ts';

/** A next hop has all the calls that it may have, and as many waiting. */
export class QueueFull extends Failure {
  constructor(nextHop: string, retryAfterMs: number) {
    super(
      'SERVER_UNAVAILABLE',
      `${nextHop} has as many calls running and waiting as are allowed; nothing was sent. Call again in ${retryAfterMs} ms.`,
      { blames: 'nobody', reached: 'no', details: { retryAfterMs } },
    );
  }
}

/** A call ended while it waited for its turn. */
export class QueueLeft extends Failure {
  constructor(nextHop: string) {
    super('TIMEOUT', `The call ended while it waited for its turn at ${nextHop}; nothing was sent. Allow more time.`, {
      blames: 'nobody',
      reached: 'no',
    });
  }
}
