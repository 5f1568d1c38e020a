import { Deadline } from './deadline.ts';
import { shareCount, type RunStage } from './stage.ts';

/** Limits each attempt to its share of the remaining time, so that a hanging hop leaves time for the others. */
export function timeShare<Reply>(next: RunStage<Reply>): RunStage<Reply> {
  return async (stage) => {
    const shares = shareCount(stage);
    if (shares === 1) return next(stage);
    const { deadline } = stage;
    const part = new Deadline(deadline.signal, deadline.remainingMs / shares);
    try {
      return await next({ ...stage, deadline: part });
    } finally {
      // The part is not stopped, because the body of the reply may still be arriving and must end with the call.
      part.lift();
    }
  };
}
