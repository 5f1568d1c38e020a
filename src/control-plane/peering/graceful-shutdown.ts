import { GRACEFUL_SHUTDOWN } from '../../core/bgp/packet/community.ts';
import type { Policy } from '../../core/bgp/policy/policy.ts';

/** Returns a policy whose first export statement adds GRACEFUL_SHUTDOWN to every route (RFC 8326 §4). */
export function gracefulShutdown(policy: Policy): Policy {
  const mark = {
    name: undefined,
    match: {},
    action: 'modify',
    set: { addCommunities: [GRACEFUL_SHUTDOWN] },
    continue: true,
  } as const;
  return { ...policy, export: { ...policy.export, statements: [mark, ...policy.export.statements] } };
}
