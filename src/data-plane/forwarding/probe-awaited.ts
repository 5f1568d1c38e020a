import { Failure } from '../../base/failure/failure.ts';

/** A call ended while it waited for another call that probes its next hop. */
export class ProbeAwaited extends Failure {
  constructor(nextHop: string) {
    super(
      'TIMEOUT',
      `${nextHop} has failed several times in a row and is being probed; the call ended before the probe did, and nothing ` +
        'was sent. Allow more time, or retry.',
      { blames: 'nobody', reached: 'no' },
    );
  }
}
