import { Failure } from '../../base/failure/failure.ts';

/** A server answers its probe, but without its agents. */
export class ProbeFailed extends Failure {
  constructor(baseUrl: string) {
    super('SERVER_UNAVAILABLE', `${baseUrl} does not list its agents.`, {
      blames: 'server',
      reached: 'yes',
    });
  }
}
