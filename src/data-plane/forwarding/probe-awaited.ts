import { Failure } from '../../base/failure/failure.ts';

/** A call ended while it waited for another one, which tries its next hop out. */
export class ProbeAwaited extends Failure {
  constructor(nextHop: string) {
    super(
      'TIMEOUT',
      `${nextHop} has failed several times in a row and is being tried out; the call ended before that was over, and nothing ` +
        'was sent. Allow more time, or call again.',
      { blames: 'nobody', reached: 'no' },
    );
  }
}
