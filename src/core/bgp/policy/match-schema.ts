import { capabilityPath, FAMILIES } from '../packet/nlri.ts';
import { asn, byShape, community, numberWithin, objectOf, oneOf, someOf, value } from './file-values.ts';
import { globFault } from './glob.ts';
import type { PolicyProblem } from './policy-problem.ts';

const capability = value<string>((input) =>
  typeof input === 'string' && capabilityPath(input) !== undefined
    ? undefined
    : 'must be a capability path such as "coding/typescript"',
);

const glob = value<string>((input) =>
  typeof input === 'string' ? globFault(input) : 'must be a glob such as "dev-*" over agent ids and capability paths',
);

const peer = value<number | string>((input) => {
  if (asn.safeParse(input).success) return undefined;
  if (typeof input !== 'string' || input === '') return 'must be the ASN or the name of a peer or server';
  return /^\d+$/.test(input) ? 'is a text: write an ASN without quotes' : undefined;
});

const origin = objectOf({ from: someOf(asn).exactOptional(), notFrom: someOf(asn).exactOptional() }, asksSomething);

const performance = objectOf(
  {
    maxResponseTimeMs: numberWithin(0, Number.MAX_SAFE_INTEGER).exactOptional(),
    minSuccessRate: numberWithin(0, 1).exactOptional(),
  },
  asksSomething,
);

/** The condition of a policy file's statement; `{}` matches every route. */
export const match = objectOf({
  asPath: byShape(
    { list: someOf(asn), object: origin },
    'a list of ASNs or an object of from, notFrom',
  ).exactOptional(),
  capabilities: someOf(capability).exactOptional(),
  communities: someOf(community).exactOptional(),
  agentPrefixes: someOf(glob).exactOptional(),
  performance: performance.exactOptional(),
  peers: someOf(peer).exactOptional(),
  families: someOf(oneOf(FAMILIES)).exactOptional(),
});

function asksSomething(given: object): PolicyProblem[] {
  return Object.keys(given).length > 0 ? [] : [{ path: [], message: 'asks for nothing: leave it out' }];
}
