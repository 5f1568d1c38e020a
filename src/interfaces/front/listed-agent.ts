import { withoutReserved } from '../../core/bgp/packet/community.ts';
import type { Route } from '../../core/bgp/rib/route.ts';

/** An agent as Mastra's API lists it, as far as a route tells of it: which of our servers has it is nobody else's affair. */
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
