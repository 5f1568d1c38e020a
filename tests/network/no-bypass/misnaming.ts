import { isBelow } from './judge.ts';
import type { Oracle } from './oracle.ts';
import type { CaseAgent } from './random-case.ts';
import type { Reached } from './reached.ts';
import type { Call, Way } from './walk.ts';

/** Returns why the agent that a call came to is not one that its name means, in words; undefined if it is. */
export function misnaming(oracle: Oracle, { at, from, target }: Call, way: Way, reached: Reached): string | undefined {
  if (from !== undefined || target.serverUrl !== undefined || reached.at === undefined) return undefined;
  const name = target.targetAgentId;
  if (reached.at.router === at && reached.agent.id === name) return undefined;
  const word = qualifierOf(oracle, at, name);
  if (word === undefined) return unqualified(oracle, at, name, way, reached);
  const isServer = isServerWord(oracle, at, word);
  const isMeant = isServer ? isOn(at, word, reached) : isIn(oracle, at, Number(word.slice(2)), reached);
  return isMeant ? undefined : `${word} does not mean ${reached.at.stub} of ${reached.at.router}`;
}

/** Returns the server or the AS that a name says its agent is of, as a router reads it. */
export function qualifierOf(oracle: Oracle, at: string, name: string): string | undefined {
  const word = /^([^:]*):/.exec(name)?.[1] ?? '';
  return isServerWord(oracle, at, word) || /^as\d+$/i.test(word) ? word : undefined;
}

function isServerWord(oracle: Oracle, at: string, word: string): boolean {
  return /^server\d+$/i.test(word) || oracle.router(at).stubs.some(({ name }) => name === word);
}

function isOn(at: string, word: string, reached: Reached): boolean {
  return reached.at?.router === at && reached.at.stub === word;
}

/** True if an agent belongs to an AS; a number that a server here has names that server. */
function isIn(oracle: Oracle, at: string, asn: number, reached: Reached): boolean {
  const local = oracle.router(at).stubs.find((stub) => stub.asn === asn);
  return local === undefined ? oracle.router(reached.at!.router).asn === asn : isOn(at, local.name, reached);
}

/** Own ids first; then paths are capabilities, and words are so if an own agent has them; then the ids of others. */
function unqualified(oracle: Oracle, at: string, name: string, way: Way, reached: Reached): string | undefined {
  const { agent } = reached;
  const own = oracle.router(at).stubs.flatMap(({ agents }) => agents);
  const asId = way[0]!.hop.agentId === name && agent.id === name ? undefined : `${name} is the id of an agent`;
  if (own.some(({ id }) => id === name)) return asId;
  const hasCapability = copies(oracle, reached).some((copy) => copy.capabilities.some((path) => isBelow(name, path)));
  const asCapability = hasCapability ? undefined : `${name} is a capability that ${agent.id} does not have`;
  if (name.includes('/')) return isCovered(oracle, at, name) ? asCapability : undefined;
  const isDeclared = own.some(({ capabilities }) => capabilities.includes(name));
  if (isDeclared && oracle.best(at, `~${name}`) !== undefined) return asCapability;
  return oracle.best(at, name) === undefined ? undefined : asId;
}

/** The copies of an agent in its AS: a call that goes on under the agent's id may come to each of them. */
function copies(oracle: Oracle, { agent, at }: Reached): readonly CaseAgent[] {
  const { asn } = oracle.router(at!.router);
  const routers = oracle.drawn.routers.filter((router) => router.asn === asn);
  return routers.flatMap(({ stubs }) => stubs.flatMap(({ agents }) => agents.filter(({ id }) => id === agent.id)));
}

/** An own aggregate covers nothing that lies below it and that no route leads to. */
function isCovered(oracle: Oracle, at: string, path: string): boolean {
  const cover = oracle.coverOf(at, path);
  if (cover === undefined) return false;
  const best = oracle.best(at, `~${cover}`);
  const isAggregate = best?.source.kind === 'self' && best.attributes.aggregate === true;
  const own = oracle.router(at).stubs.flatMap(({ agents }) => agents);
  return !isAggregate || own.some(({ capabilities }) => capabilities.includes(cover));
}
