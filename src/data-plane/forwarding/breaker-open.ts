import { Failure } from '../../base/failure/failure.ts';

/** A next hop has failed too often to be called now, and there is no other. */
export class BreakerOpen extends Failure {
  constructor(nextHop: string, retryAfterMs: number) {
    super(
      'SERVER_UNAVAILABLE',
      `${nextHop} has failed several times in a row and rests for ${retryAfterMs} ms; nothing was sent. ` +
        'Look at the server and its log, or call again after that time.',
      { blames: 'server', reached: 'no', details: { retryAfterMs } },
    );
  }
}
