import { Failure, type FailureCode, type FailureOptions } from './failure.ts';

/** The next hop answers and refuses the call. `status` is the one with which the refusal goes on to the router before. */
export class HopRefused extends Failure {
  readonly status: number;

  constructor(code: FailureCode, status: number, message: string, options: FailureOptions) {
    super(code, message, options);
    this.status = status;
  }
}
