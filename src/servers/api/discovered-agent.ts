import { z } from 'zod';
import { cleanText } from '../../core/bgp/packet/clean-text.ts';
import { isCommunity } from '../../core/bgp/packet/community.ts';
import { MAX_LIST_LENGTH } from '../../core/bgp/packet/limits.ts';
import { agentIdFault, capabilityPath } from '../../core/bgp/packet/nlri.ts';
import { inferredCapabilities } from './inferred-capabilities.ts';
import type { DiscoveredAgent } from '../../control-plane/discovery/source.ts';

const MAX_NAME_LENGTH = 128;
const MAX_DESCRIPTION_LENGTH = 1000;

/** Maximum number of unusable tags that notes name for one agent. */
const MAX_NAMED = 16;

/** The used fields of a listing's entry. They exclude `instructions`, the agent's system prompt. */
const entrySchema = z.object({
  name: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  modelVersion: z.literal('v1').optional().catch(undefined),
  tools: z
    .record(z.string(), z.object({ id: z.string().optional().catch(undefined) }))
    .optional()
    .catch(undefined),
  metadata: z
    .object({
      capabilities: z.array(z.unknown()).optional().catch(undefined),
      communities: z.array(z.unknown()).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/**
 * Reads one agent of a listing. Returns undefined and adds a note if it is unusable. `mask` masks secrets in its name
 * and description.
 */
export function discoveredAgent(
  id: string,
  entry: unknown,
  notes: string[],
  mask: (text: string) => string = (text) => text,
): DiscoveredAgent | undefined {
  const shownId = cleanText(id, 64);
  const fault = agentIdFault(id);
  if (fault !== undefined) {
    notes.push(`The agent '${shownId}' is left out, because its id ${fault}.`);
    return undefined;
  }
  const parsed = entrySchema.safeParse(entry);
  if (!parsed.success) {
    notes.push(`The agent '${shownId}' is left out, because its entry in the listing is not an object.`);
    return undefined;
  }
  const { modelVersion, tools = {}, metadata } = parsed.data;
  const shown = shownAs(id, parsed.data, mask);
  const declared = metadata?.capabilities;
  const toolIds = Object.entries(tools).map(([key, tool]) => tool.id ?? key);
  return {
    id,
    ...shown,
    ...(modelVersion !== undefined && { modelVersion }),
    capabilities:
      declared === undefined
        ? inferredCapabilities(shown.name, shown.description, toolIds)
        : tags(declared, 'capability', shownId, capabilityPath, notes),
    inferred: declared === undefined,
    communities: tags(metadata?.communities ?? [], 'community', shownId, community, notes),
  };
}

function shownAs(
  id: string,
  { name = '', description = '' }: z.output<typeof entrySchema>,
  mask: (text: string) => string,
): Pick<DiscoveredAgent, 'name' | 'description'> {
  return {
    name: cleanText(mask(name), MAX_NAME_LENGTH) || id,
    description: cleanText(mask(description), MAX_DESCRIPTION_LENGTH),
  };
}

/**
 * Returns the usable declared tags, each once. It stops once the tags exceed the limit of a route. An agent with so
 * many tags is left out, because a dropped tag might be one that hides it from strangers.
 */
function tags(
  declared: readonly unknown[],
  kind: string,
  agent: string,
  read: (text: string) => string | undefined,
  notes: string[],
): readonly string[] {
  const usable = new Set<string>();
  let named = 0;
  for (const tag of declared) {
    const text = typeof tag === 'string' ? read(tag.trim()) : undefined;
    if (text !== undefined) usable.add(text);
    else if (named++ < MAX_NAMED)
      notes.push(
        `A ${kind} of the agent '${agent}' is left out, because it is invalid: ${cleanText(JSON.stringify(tag), 64)}.`,
      );
    if (usable.size > MAX_LIST_LENGTH) break;
  }
  return [...usable];
}

/** Returns a community as it is, unless it would claim to come from a server or an AS. Only discovery sets those. */
function community(text: string): string | undefined {
  return isCommunity(text) && !/^(?:server|as):/.test(text) ? text : undefined;
}
