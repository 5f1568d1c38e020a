import { z } from 'zod';
import { MAX_MED } from '../bgp/packet/attributes.ts';
import { policyField } from './policy-field.ts';
import { readYaml, type Reading } from './read-yaml.ts';
import { agentSchema, nameSchema } from './read-topology.ts';
import { linkKey, type Topology } from './topology.ts';

/** The events of a script with their times, in the order in which they happen. */
export type Script = readonly Action[];
export type Action = z.output<typeof actionSchema>;

const at = z.int().min(0).max(1_000_000_000);
const link = z.tuple([nameSchema, nameSchema]);

const actionSchema = z.discriminatedUnion('do', [
  /** New agents, or other attributes of those that are there: a change keeps the life of its route. */
  z.strictObject({ at, do: z.literal('announce'), router: nameSchema, agents: z.array(agentSchema).min(1) }),
  z.strictObject({ at, do: z.literal('withdraw'), router: nameSchema, agents: z.array(z.string()).min(1) }),
  z.strictObject({
    at,
    do: z.literal('health'),
    router: nameSchema,
    agent: z.string(),
    med: z.int().min(0).max(MAX_MED),
  }),
  /** The link is gone and both ends see it. */
  z.strictObject({ at, do: z.literal('cut'), link }),
  z.strictObject({ at, do: z.literal('restore'), link }),
  /** Nothing passes between these routers and all others, and nobody is told. */
  z.strictObject({ at, do: z.literal('partition'), routers: z.array(nameSchema).min(1) }),
  /** Ends every partition. */
  z.strictObject({ at, do: z.literal('heal') }),
  z.strictObject({ at, do: z.literal('crash'), router: nameSchema }),
  /** The router comes back without memory; its clock then differs from the true time by this much. */
  z.strictObject({ at, do: z.literal('restart'), router: nameSchema, clockOffsetMs: z.int().default(0) }),
  z.strictObject({ at, do: z.literal('policy'), router: nameSchema, policy: policyField }),
  z.strictObject({ at, do: z.literal('call'), router: nameSchema, target: z.string().min(1) }),
]);

/** Returns the script in a text, for the network that it is to run on. */
export function readScript(text: string, topology: Topology): Reading<Script> {
  const routers = new Set(topology.routers.map(({ name }) => name));
  const links = new Set(topology.links.map(({ between }) => linkKey(...between)));
  const scriptSchema = z
    .array(actionSchema)
    .superRefine((actions, context) => {
      for (const [index, action] of actions.entries()) {
        for (const name of namesIn(action).filter((name) => !routers.has(name))) {
          context.addIssue({ code: 'custom', path: [index], message: `there is no router named ${name}` });
        }
        if ('link' in action && !links.has(linkKey(...action.link))) {
          context.addIssue({ code: 'custom', path: [index, 'link'], message: 'there is no such link' });
        }
      }
    })
    .transform((actions) => actions.toSorted((a, b) => a.at - b.at));
  return readYaml(text, scriptSchema);
}

function namesIn(action: Action): readonly string[] {
  if ('router' in action) return [action.router];
  return 'routers' in action ? action.routers : [];
}
