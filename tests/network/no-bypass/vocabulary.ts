/** Ids of agents: words that are capabilities too, capability paths, and names that read as qualified. */
export const IDS = [
  ...['payroll', 'payroll', 'coder', 'coder', 'helper', 'helper', 'finance', 'finance/payroll', 'coding/typescript'],
  ...['alpha:coder', 'r2:payroll', 'R1:helper', 'server0:payroll', 'as65102:payroll', 'AS65103:coder'],
] as const;

/** Capability paths, nested and plain; some are ids as well. */
export const CAPABILITIES = [
  ...['finance', 'finance/payroll', 'finance/payroll', 'finance/payroll/eu', 'coding', 'coding/typescript'],
  ...['payroll', 'helper'],
] as const;

/** The AS of a caller that has no session. */
export const GUEST = { id: 'guest', asn: 65200 } as const;

/** What policies of a case may name. */
export interface Named {
  readonly names: readonly string[];
  readonly asns: readonly number[];
}
