import type { Random } from '../../../src/core/simulator/random.ts';
import type { Case } from './random-case.ts';
import { CAPABILITIES, GUEST, IDS } from './vocabulary.ts';
import type { Call } from './walk.ts';

/** Draws calls of routers' own users, by all kinds of names, and calls that peers and callers without a session ask to be carried. */
export function randomCalls(drawn: Case, random: Random, own: number, carried: number): Call[] {
  const peers = drawn.links.flatMap(({ between: [a, b] }) => [[a, b] as const, [b, a] as const]);
  const present = drawn.routers.flatMap(({ stubs }) => stubs.flatMap(({ agents }) => agents));
  const ids = [...present.map(({ id }) => id), random.pick(IDS)];
  const paths = [...present.flatMap(({ capabilities }) => capabilities), random.pick(CAPABILITIES)];
  const name = (): string => (random.next() < 0.5 ? random.pick(ids) : pathLike(random, random.pick(paths)));
  const required = (): readonly string[] => (random.next() < 0.1 ? [random.pick(CAPABILITIES)] : []);
  const ofUsers = Array.from({ length: own }, (): Call => {
    const at = random.pick(drawn.routers).name;
    const targetAgentId = random.next() < 0.3 ? qualified(drawn, random, name()) : name();
    const serverUrl = random.next() < 0.15 ? urlOf(drawn, random, at) : undefined;
    return {
      at,
      from: undefined,
      target: { targetAgentId, serverUrl, requiredCapabilities: required() },
      hides: false,
    };
  });
  const ofOthers = Array.from({ length: carried }, (): Call => {
    const [at, peer] = random.pick(peers);
    const targetAgentId = random.next() < 0.5 ? random.pick(ids) : `~${pathLike(random, random.pick(paths))}`;
    const from = random.next() < 0.1 ? GUEST.id : peer;
    return { at, from, target: { targetAgentId, requiredCapabilities: required() }, hides: random.next() < 0.3 };
  });
  return [...ofUsers, ...ofOthers];
}

/** A path, or one above or below it. */
function pathLike(random: Random, path: string): string {
  if (random.next() < 0.25) return `${path}/eu`;
  return random.next() < 0.2 ? path.replace(/\/[^/]*$/, '') : path;
}

function qualified({ routers }: Case, random: Random, name: string): string {
  const asn = random.pick(routers).asn;
  const words = ['server0', 'server1', 'Server0', 'alpha', `as${asn}`, `as${asn}`, `as${asn}`, `AS${asn}`];
  return `${random.pick([...words, 'as65001', 'as65999', 'server7'])}:${name}`;
}

function urlOf({ routers, foreign, namedRouter }: Case, random: Random, at: string): string {
  const { stubs } = routers.find((router) => router.name === at)!;
  const others = routers.map((router) => `http://${router.name}`);
  const named = namedRouter === undefined ? [] : [`http://${namedRouter}`];
  return random.pick([...stubs.map(({ url }) => url), ...others, ...named, foreign.url, foreign.url]);
}
