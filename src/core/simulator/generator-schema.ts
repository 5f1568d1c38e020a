import { z } from 'zod';

const common = {
  /** The number of routers that announce an agent of their own, spread evenly. */
  origins: z.int().min(1).default(1),
  latencyMs: z.number().positive().max(60_000).exactOptional(),
};
const routers = z.int().min(2).max(10_000);

/** The shape of a network, instead of its routers and links one by one. */
export const generatorSchema = z.discriminatedUnion('shape', [
  z.strictObject({ shape: z.literal('chain'), routers, ...common }),
  z.strictObject({ shape: z.literal('ring'), routers: routers.min(3), ...common }),
  z.strictObject({ shape: z.literal('mesh'), routers: routers.max(400), ...common }),
  z.strictObject({ shape: z.literal('clos'), spines: z.int().min(1).max(200), leaves: routers.max(1000), ...common }),
  z.strictObject({ shape: z.literal('tree'), routers, branching: z.int().min(1).default(2), ...common }),
  z.strictObject({
    shape: z.literal('scale-free'),
    routers: routers.min(3),
    links: z.int().min(3).max(100_000),
    /** Draws who is linked to whom. */
    seed: z.int().min(0).default(1),
    ...common,
  }),
]);

/** The parameters of a generated network. */
export type Generator = z.output<typeof generatorSchema>;
