import { withoutReserved } from '../../core/bgp/packet/community.ts';
import type { Route } from '../../core/bgp/rib/route.ts';

/** Returns an agent as Mastra's API lists it, from its route. It does not name our server, which is confidential. */
export function listedAgent({ nlri, label, attributes }: Route): object {
  const { capabilities } = attributes;
  const communities = withoutReserved(attributes.communities, []);
  return {
    id: nlri,
    name: label?.name ?? nlri,
    description: label?.description ?? '',
    instructions: '',
    modelVersion: label?.modelVersion ?? 'v2',
    tools: {},
    workflows: {},
    agents: {},
    metadata: { capabilities, communities },
  };
}
