import { startProgram, until, type Env, type Program } from './program.ts';

/** A router of a test network: the built program with a listener on loopback. */
export interface TestRouter extends Program {
  readonly asn: number;
  readonly url: string;
  /** Agents that it would call by a plain id, with the AS path of the route. */
  readonly agents: () => Promise<Record<string, readonly number[]>>;
}

interface Listing {
  readonly summary: { readonly nextCursor?: string };
  readonly serverAgents: readonly {
    readonly agents: readonly { readonly id: string; readonly route: { asPath: number[]; best: boolean } }[];
  }[];
}

export interface RouterOptions {
  readonly asn: number;
  readonly port: number;
  readonly peers?: readonly string[];
  readonly servers?: string;
  readonly env?: Env;
}

export async function startTestRouter({
  asn,
  port,
  peers = [],
  servers = 'none',
  env,
}: RouterOptions): Promise<TestRouter> {
  const program = await startProgram({
    BGP_ASN: String(asn),
    BGP_LISTEN: `127.0.0.1:${port}`,
    ...(peers.length > 0 && { BGP_PEERS: peers.join(' ') }),
    MASTRA_SERVERS: servers,
    LOG_LEVEL: 'info',
    ...env,
  });
  return {
    ...program,
    asn,
    url: `http://127.0.0.1:${port}`,
    agents: async () => {
      const best: Record<string, number[]> = {};
      let next: { cursor?: string } | undefined = {};
      while (next !== undefined) {
        const { serverAgents, summary }: Listing = await program.call<Listing>('list-agents', next);
        for (const { id, route } of serverAgents.flatMap(({ agents }) => agents))
          if (route.best) best[id] = route.asPath;
        next = summary.nextCursor === undefined ? undefined : { cursor: summary.nextCursor };
      }
      return best;
    },
  };
}

/** Resolves when the router would call the agent. */
export function knows(router: TestRouter, agent: string): Promise<void> {
  return until(async () => agent in (await router.agents()));
}

/** Resolves when it no longer would. */
export function forgets(router: TestRouter, agent: string): Promise<void> {
  return until(async () => !(agent in (await router.agents())));
}

/**
 * Resolves when the router shows, to whoever asks its listener, routes to all of these agents and capabilities: it answers
 * its own client before it listens, and what one server has may come in several messages.
 */
export function reaches(router: TestRouter, ...names: readonly string[]): Promise<void> {
  return until(async () => {
    const answer = await fetch(`${router.url}/bgp/routes`).catch(() => undefined);
    const routes = ((await answer?.json()) ?? []) as { agentId: string }[];
    return names.every((name) => routes.some(({ agentId }) => agentId === name));
  });
}

/** A line of a router's log. */
export interface LogLine {
  readonly event: string;
  readonly [field: string]: unknown;
}

/** What a router has logged of one event, oldest first. */
export function said(router: TestRouter, event: string): readonly LogLine[] {
  const lines = router.stderr().split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as LogLine).filter((line) => line.event === event);
}

/** The same once there are so many lines: a log takes a way of its own, and an answer that was given later may be here before. */
export async function hasSaid(router: TestRouter, event: string, lines = 1): Promise<readonly LogLine[]> {
  await until(() => said(router, event).length >= lines);
  return said(router, event);
}

/** Resolves when a text is in the log of a router. */
export function logged(router: Pick<Program, 'stderr'>, text: string): Promise<void> {
  return until(() => router.stderr().includes(text));
}

/** Looks again and again whether routers know an agent; `end` gives those moments at which one did not. */
export function watched(pairs: readonly (readonly [TestRouter, string])[]): { readonly end: () => Promise<string[]> } {
  let running = true;
  const missing: string[] = [];
  const watching = pairs.map(async ([router, agent]) => {
    while (running) if (!(agent in (await router.agents()))) missing.push(`${agent} at AS ${router.asn}`);
  });
  return {
    end: async () => {
      running = false;
      await Promise.all(watching);
      return missing;
    },
  };
}
