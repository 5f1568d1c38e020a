import type { Chain } from '../../../src/core/bgp/policy/policy.ts';
import type { Violation } from './check-case.ts';

/** Says what got round policy, and where, so that a person can follow it. */
export function reportOf({ drawn, call, way, fault }: Violation): string {
  const chain = ({ statements, otherwise }: Chain): string =>
    statements.length === 0 && otherwise === 'accept' ? 'all' : `${JSON.stringify(statements)} default ${otherwise}`;
  const routers = drawn.routers.map(({ name, asn, stubs, policy, aggregates }) =>
    [
      `${name} AS ${asn} aggregates ${JSON.stringify(aggregates)}`,
      ...stubs.map((stub) => `  ${stub.name} AS ${stub.asn}: ${JSON.stringify(stub.agents)}`),
      `  import ${chain(policy.import)}`,
      `  export ${chain(policy.export)}`,
    ].join('\n'),
  );
  const links = drawn.links.map(({ between, ends }) => `${between.join(' - ')} ${JSON.stringify(ends)}`);
  const legs = way.map(
    ({ router, asker, name, hop }) =>
      `  ${router} asked by ${asker ?? 'its user'} for ${name} -> ${hop.peer ?? hop.nextHop} as ${hop.agentId}`,
  );
  return [
    `seed ${drawn.seed}: ${fault}`,
    `again: npm run long -- no-bypass 1 ${drawn.seed}`,
    ...(call === undefined ? [] : [`call: ${JSON.stringify(call)}`]),
    ...legs,
    ...routers,
    ...links,
    `foreign: ${JSON.stringify(drawn.foreign)}, named router: ${drawn.namedRouter ?? 'none'}`,
  ].join('\n');
}
