import type { ResponseTimes } from './ports.ts';
import type { RunStage } from './stage.ts';

/** Returns a policy that records the response times of attempts. */
export function learnTimes(times: ResponseTimes): <Reply>(next: RunStage<Reply>) => RunStage<Reply> {
  return (next) => async (stage) => {
    const ends = await next(stage);
    for (const { hop, ms, outcome } of ends) {
      // An overtaken attempt took at least this long. Without it, a slow hop would seem as fast as the hop that overtook it.
      if (outcome === 'ok' || outcome === 'overtaken') times.took(hop.nextHop, hop.agentId, ms);
    }
    return ends;
  };
}
