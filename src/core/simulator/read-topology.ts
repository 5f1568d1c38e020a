import { z } from 'zod';
import { isAsn } from '../bgp/packet/asn.ts';
import { MAX_MED, MAX_UINT32 } from '../bgp/packet/attributes.ts';
import { isCommunity } from '../bgp/packet/community.ts';
import { agentIdFault, capabilityPath } from '../bgp/packet/nlri.ts';
import { isRouterId } from '../bgp/packet/router-id.ts';
import { generatorSchema } from './generator-schema.ts';
import { policyField } from './policy-field.ts';
import { generate } from './generate.ts';
import { agentSpec, DEFAULT_END, routerIdAt, type LinkSpec, type RouterSpec, type Topology } from './topology.ts';
import { readYaml, type Reading } from './read-yaml.ts';
import { topologyFaults } from './topology-faults.ts';

const agentIdSchema = z.string().superRefine((id, context) => {
  const fault = agentIdFault(id);
  if (fault !== undefined) context.addIssue(`the agent id ${fault}`);
});

const capabilitySchema = z.string().transform((text, context) => {
  const path = capabilityPath(text);
  if (path !== undefined) return path;
  context.addIssue('must be a capability path such as coding/typescript');
  return z.NEVER;
});

/** The name of a router in a topology or a script. */
export const nameSchema = z
  .string()
  .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores');

/** An agent: its id, or its id with what is known of it. */
export const agentSchema = z
  .union([
    agentIdSchema.transform((id) => ({ id })),
    z.strictObject({
      id: agentIdSchema,
      capabilities: z.array(capabilitySchema).exactOptional(),
      communities: z.array(z.string().refine(isCommunity, 'must be a community such as region:eu')).exactOptional(),
      med: z.int().min(0).max(MAX_MED).exactOptional(),
      localPref: z.int().min(0).max(MAX_UINT32).exactOptional(),
    }),
  ])
  .transform(({ id, ...rest }) => agentSpec(id, rest));

const routerSchema = z.strictObject({
  name: nameSchema,
  asn: z.number().refine(isAsn, 'must be an AS number from 1 to 4294967294'),
  routerId: z.string().refine(isRouterId, 'must be a dotted quad other than 0.0.0.0').exactOptional(),
  policy: policyField.exactOptional(),
  agents: z.array(agentSchema).default([]),
});

const endSchema = z
  .strictObject({
    client: z.boolean().exactOptional(),
    passive: z.boolean().exactOptional(),
    mrai: z.int().min(0).max(600_000).exactOptional(),
    restartTimeSeconds: z.int().min(0).max(4095).exactOptional(),
    holdTimeSeconds: z.union([z.literal(0), z.int().min(3).max(65_535)]).exactOptional(),
    maxRoutes: z.int().min(1).exactOptional(),
    proofs: z.boolean().exactOptional(),
    /** Replaces the router's policy towards this peer. */
    policy: policyField.exactOptional(),
  })
  .transform((end) => ({ ...DEFAULT_END, ...end }));

const pairSchema = z.tuple([nameSchema, nameSchema]);

const linkSchema = z
  .union([
    pairSchema.transform((between) => ({ between })),
    z.strictObject({
      between: pairSchema,
      latencyMs: z.number().positive().max(60_000).exactOptional(),
      ends: z.record(nameSchema, endSchema).exactOptional(),
    }),
  ])
  .transform((link): LinkSpec => ({ ends: {}, ...link }));

const listedSchema = z
  .strictObject({
    routers: z.array(routerSchema).min(1).max(10_000),
    links: z.array(linkSchema).max(100_000).default([]),
  })
  .transform(({ routers, links }): Topology => {
    const named = routers.map((router, index): RouterSpec => ({ routerId: routerIdAt(index), ...router }));
    return { routers: named, links };
  })
  .superRefine((topology, context) => {
    for (const { path, message } of topologyFaults(topology)) context.addIssue({ code: 'custom', path, message });
  });

const generatedSchema = z
  .strictObject({ generate: generatorSchema })
  .transform((file): Topology => generate(file.generate));

/** Returns the topology in a text: routers and links one by one, or the shape of a network to be generated. */
export function readTopology(text: string): Reading<Topology> {
  return readYaml(text, z.union([listedSchema, generatedSchema]));
}
