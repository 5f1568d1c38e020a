import type { PathAttributes } from '../../../../../src/core/bgp/packet/attributes.ts';
import type { Chain, PolicyContext, Statement } from '../../../../../src/core/bgp/policy/policy.ts';

export const ATTRIBUTES: PathAttributes = Object.freeze({
  asPath: [65002, 65003],
  nextHop: 'http://peer.example',
  localPref: 100,
  med: 50,
  communities: ['exported', 'region:eu'],
  capabilities: ['coding/typescript', 'testing'],
  originTime: 1_000,
});

export const CONTEXT: PolicyContext = Object.freeze({
  nlri: 'dev-coder',
  neighbor: { asn: 65002, name: 'partner' },
  prependAsn: 65002,
});

export function statement(parts: Partial<Statement>): Statement {
  return { name: undefined, match: {}, action: 'accept', set: {}, continue: false, ...parts };
}

export function chain(statements: readonly Statement[], otherwise: Chain['otherwise'] = 'accept'): Chain {
  return { direction: 'import', statements, otherwise };
}
