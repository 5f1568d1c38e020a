import { Failure, type FailureCode, type FailureOptions } from './failure.ts';

/** The next hop answers and rejects the call. `status` is the HTTP status for the previous router. */
export class HopRefused extends Failure {
  readonly status: number;

  constructor(code: FailureCode, status: number, message: string, options: FailureOptions) {
    super(code, message, options);
    this.status = status;
  }
}
