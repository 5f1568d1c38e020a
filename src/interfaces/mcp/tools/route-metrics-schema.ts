import * as z from 'zod';

/** Schema of the path attributes that a result shows. */
export const routeMetricsSchema = z.object({
  asPath: z.array(z.number()).describe('AS numbers crossed: the nearest first, the origin last'),
  localPref: z.number().describe('Preference set by policy; higher wins'),
  med: z.number().describe('Health from 0 (best) to 999'),
  communities: z.array(z.string()),
});
