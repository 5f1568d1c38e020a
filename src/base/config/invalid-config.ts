import { formatProblem, type Problem } from './problem.ts';
import { Failure } from '../failure/failure.ts';

/** The configuration cannot be used; nothing is guessed in its place. */
export class InvalidConfig extends Failure {
  constructor(problems: readonly Problem[]) {
    const lines = problems.map(formatProblem);
    super(
      'INVALID_CONFIG',
      `The configuration of mcp-agent-proxy is invalid, so nothing was sent: ${lines.join('; ')}. Correct it and restart the MCP server.`,
      { blames: 'nobody', details: { problems: lines } },
    );
  }
}
