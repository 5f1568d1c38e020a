import type { Random } from '../../../src/core/simulator/random.ts';
import type { CaseEnd, CaseLink, CaseRouter } from './random-case.ts';
import { randomPolicy } from './random-policy.ts';

/** Joins routers: those of one AS with all others of it or by a reflector, the ASes as a tree with some more links. */
export function randomLinks(random: Random, routers: readonly CaseRouter[], isOpen: boolean): CaseLink[] {
  const links = new Map<string, CaseLink>();
  const connect = (a: CaseRouter, b: CaseRouter, client = false): void => {
    const [first, second] = a.name < b.name ? [a.name, b.name] : [b.name, a.name];
    const key = `${first} ${second}`;
    if (links.has(key)) return;
    const ofA = drawEnd(random, routers, isOpen, client);
    const ofB = drawEnd(random, routers, isOpen, false);
    links.set(key, { between: [first, second], ends: { [a.name]: ofA, [b.name]: ofB } });
  };
  for (const asn of new Set(routers.map((router) => router.asn))) {
    const members = routers.filter((router) => router.asn === asn);
    connectInside(members, members.length > 2 && random.next() < 0.5, connect);
  }
  for (const [at, router] of routers.entries()) {
    const others = routers.slice(0, at).filter(({ asn }) => asn !== router.asn);
    if (others.length > 0) connect(random.pick(others), router);
  }
  for (let extra = random.below(routers.length); extra > 0; extra--) {
    const [a, b] = [random.pick(routers), random.pick(routers)];
    if (a.asn !== b.asn) connect(a, b);
  }
  return [...links.values()];
}

type Connect = (a: CaseRouter, b: CaseRouter, client?: boolean) => void;

function connectInside(members: readonly CaseRouter[], isReflected: boolean, connect: Connect): void {
  const [hub] = members;
  for (const [at, member] of members.entries()) {
    if (!isReflected) for (const other of members.slice(0, at)) connect(other, member);
    else if (hub !== undefined && at > 0) connect(hub, member, true);
  }
}

const OPEN_END: Omit<CaseEnd, 'client'> = {
  policy: undefined,
  allowAgents: undefined,
  allowOrigins: undefined,
  isReticent: false,
};

function drawEnd(random: Random, routers: readonly CaseRouter[], isOpen: boolean, client: boolean): CaseEnd {
  if (isOpen) return { ...OPEN_END, client };
  const named = { names: routers.map(({ name }) => name), asns: routers.map(({ asn }) => asn) };
  const allowed = [['*'], ['finance*', 'coder'], ['*pay*', 'coding*'], ['coding*', 'finance/payroll']];
  return {
    client,
    policy: random.next() < 0.15 ? randomPolicy(random, named) : undefined,
    allowAgents: random.next() < 0.1 ? random.pick(allowed) : undefined,
    allowOrigins: random.next() < 0.06 ? named.asns.filter(() => random.next() < 0.6) : undefined,
    isReticent: random.next() < 0.1,
  };
}
