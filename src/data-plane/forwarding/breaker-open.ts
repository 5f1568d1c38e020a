import { Failure } from '../../base/failure/failure.ts';

/** A next hop has failed too often to be called now, and there is no other next hop. */
export class BreakerOpen extends Failure {
  constructor(nextHop: string, retryAfterMs: number) {
    super(
      'SERVER_UNAVAILABLE',
      `${nextHop} has failed several times in a row and is paused for ${retryAfterMs} ms; nothing was sent. ` +
        'Check the server and its log, or retry after that time.',
      { blames: 'server', reached: 'no', details: { retryAfterMs } },
    );
  }
}
