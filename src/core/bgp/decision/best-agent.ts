import type { Route } from '../rib/route.ts';
import type { DecisionRules } from './rules.ts';
import { survivors } from './select.ts';

/** Returns the best of several agents. They are compared like routes to one NLRI; the first name breaks a tie (RFC 4271 §9.1.2.2). */
export function bestAgent(agents: Iterable<Route>, rules: DecisionRules): Route | undefined {
  const equals = survivors([...agents], rules);
  return equals.length < 2 ? equals[0] : equals.reduce((first, route) => (route.nlri < first.nlri ? route : first));
}
