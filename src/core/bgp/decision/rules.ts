import type { RouterId } from '../packet/router-id.ts';
import type { DecisionStep } from '../policy/policy.ts';

/** The rules of one router's decision process; steps and MED mode are the same on every router of an AS. */
export interface DecisionRules {
  /** The steps in order (RFC 4271 §9.1.2.2). */
  readonly steps: readonly DecisionStep[];
  /** Across which routes MED is compared (RFC 4271 §9.1.2.2 c). */
  readonly compareMed: 'always' | 'same-neighbor';
  /** The router itself: it counts as originator of what no peer sent (RFC 4456 §9). */
  readonly routerId: RouterId;
  /** Next hops that a circuit breaker has closed off: used only where nothing else is left. */
  readonly unusable: ReadonlySet<string>;
}
