import { readFileSync } from 'node:fs';
import pkg from '../../package.json' with { type: 'json' };
import { Admin } from '../interfaces/operators/admin.ts';
import { capabilityNlri } from '../core/bgp/packet/nlri.ts';
import { createSpeaker, type Speaker } from '../core/bgp/state/state.ts';
import type { Config } from '../base/config/config.ts';
import { loadConfig } from '../base/config/load-config.ts';
import { formatProblem } from '../base/config/problem.ts';
import { warnings } from '../base/config/warnings.ts';
import { routerIdOf } from '../control-plane/copies/stable-router-id.ts';
import { sharedSettings, type SharedSettings } from '../control-plane/copies/shared-settings.ts';
import type { UserSecret } from '../control-plane/copies/user-secret.ts';
import { Cursors } from '../base/lists/cursors.ts';
import type { AgentDirectory, Backend } from '../interfaces/mcp/backend.ts';
import { callerId } from '../control-plane/peering/caller-id.ts';
import { NamedNextHops } from '../control-plane/peering/named-next-hops.ts';
import { leftOutNotice } from '../control-plane/speaker/left-out-notice.ts';
import { listedPeers } from '../control-plane/speaker/listed-peers.ts';
import { refusalNotice } from '../control-plane/speaker/refusal-notice.ts';
import { NextServers } from '../servers/next-servers.ts';
import type { Log } from '../base/telemetry/log-event.ts';
import { createLogger } from '../base/telemetry/logger.ts';
import { pacedLog } from '../base/telemetry/paced-log.ts';
import { SecretMask } from '../base/telemetry/secret-mask.ts';
import type { AgentServers } from '../control-plane/discovery/agent-servers.ts';
import { completeRestart } from './complete-restart.ts';
import { egresses, type Egresses } from '../base/egress/egresses.ts';
import { isAtOrBelow } from '../base/egress/is-at-or-below.ts';
import { InvalidConfig } from '../base/config/invalid-config.ts';
import { loggedCalls } from '../interfaces/mcp/logged-calls.ts';
import { joinForwarding } from './join-forwarding.ts';
import { aloneNetwork, openNetwork, type Network } from './network.ts';
import { ownAgents } from './own-agents.ts';

/** A running router behind the MCP face. */
export interface Router {
  readonly backend: Backend;
  readonly log: Log;
  /** Stops the router. Resolves when every peer has been told and all work has ended. */
  stop(): Promise<void>;
}

/** Reads the configuration and starts the router. Rejects with a `Failure` if the configuration is invalid. */
export async function startRouter(env: NodeJS.ProcessEnv): Promise<Router> {
  const loaded = await loadConfig(env, (path) => readFileSync(path, 'utf8'));
  if (!loaded.ok) {
    const { problems } = loaded;
    createLogger({ level: 'error' })({ event: 'config-invalid', problems: problems.map(formatProblem) });
    throw new InvalidConfig(problems);
  }
  return routerOf(loaded.config, env);
}

async function routerOf(config: Config, env: NodeJS.ProcessEnv): Promise<Router> {
  const { asn, logLevel: level, peering, egress } = config;
  const secrets = secretsOf(config);
  const mask = new SecretMask(secrets);
  const log = pacedLog(createLogger({ level, secrets }), () => performance.now());
  log({ event: 'config-loaded', asn, servers: config.servers.map(({ name, url }) => `${name}=${url}`) });
  const secret = await secretOf(config, env);
  const speaker = speakerOf(config, secret);
  const mayName = namedUrls(config);
  const out = egressesOf(config, mayName);
  const network =
    peering === undefined
      ? aloneNetwork(speaker, log)
      : await openNetwork({ config: peering, speaker, out, secret, settings: settingsOf(config), env, log });
  const { fetch } = out.configured;
  const allowed = egress.allowNextHops;
  const named = new NamedNextHops({ self: speaker.settings, allowed, fetch: out.untrusted.fetch });
  const { fetchTo } = network;
  const servers = new NextServers({ configured: fetch, named: named.fetch, fetchTo, mask: mask.text });
  const own = ownAgents(config, network.driver, (url) => servers.configured(url), log);
  const { forwarder, front } = joinForwarding({ config, network, own, servers, mayName, fetch, mask, log });
  own.start();
  network.start({
    front,
    operators: adminOf(config, network, own.servers),
  });
  if (speaker.restarting) void completeRestart(network, own.servers);
  return {
    backend: {
      mask,
      maxResultLength: config.calls.maxResultLength,
      lists: { ...config.lists, cursors: new Cursors() },
      call: loggedCalls(forwarder, log),
      directory: directoryOf(config, network, own.servers),
    },
    log,
    stop: async () => {
      own.stop();
      await network.stop();
      out.close();
    },
  };
}

function directoryOf(
  { asn }: Config,
  { driver: { speaker, traffic }, notice, peersTold }: Network,
  known: AgentServers,
): AgentDirectory {
  return {
    asn,
    servers: () => known.all(),
    peers: () => listedPeers(speaker, traffic),
    notice: () =>
      [notice(), refusalNotice(speaker, traffic), leftOutNotice(speaker)]
        .filter((text) => text !== undefined)
        .join(' ') || undefined,
    entriesAfter: (serial) => speaker.locRib.after(serial),
    firstRound: async (name) => {
      const isServer = name !== undefined && known.named(name) !== undefined;
      await Promise.all([known.firstRound(name), ...(isServer ? [] : [peersTold])]);
    },
    refresh: (name) => known.refresh(name),
  };
}

function adminOf(config: Config, { driver, followers }: Network, servers: AgentServers): Admin {
  const { speaker, traffic } = driver;
  return new Admin({
    followers,
    version: pkg.version,
    speaker,
    advertiseUrl: config.peering?.advertiseUrl,
    trafficOf: (peer) => traffic.of(peer),
    servers: () => servers.all(),
    warnings: warnings(config),
  });
}

/** Returns a function that accepts URLs that a caller may name although they are neither a server's nor a next hop. */
function namedUrls({ egress }: Config): (url: string) => boolean {
  return (url) => egress.allowServerUrls.some((base) => isAtOrBelow(base, url));
}

function egressesOf({ servers, peering, egress, calls }: Config, mayName: (url: string) => boolean): Egresses {
  const peers = (peering?.peers ?? []).flatMap(({ url }) => (url === undefined ? [] : [{ baseUrl: url }]));
  return egresses({
    targets: [...servers.map(({ url, headers }) => ({ baseUrl: url, headers })), ...peers],
    mayName,
    allowNextHops: egress.allowNextHops.map(({ url }) => url),
    maxConcurrent: calls.maxConcurrent,
  });
}

function speakerOf(config: Config, secret: UserSecret): Speaker {
  const { asn, policy, balancing, egress, peering } = config;
  const { maxPaths, medTolerance } = balancing;
  const routerId = config.routerId ?? routerIdOf(peering?.listen, secret);
  const restarting = peering?.peers.some(({ restartTimeSeconds }) => restartTimeSeconds > 0) ?? false;
  const aggregates = config.aggregates.map(({ capability, summaryOnly }) => ({
    nlri: capabilityNlri(capability),
    summaryOnly,
  }));
  const settings = { asn, routerId, clusterId: routerId, policy, aggregates, maxPaths, medTolerance };
  const allowNextHops = egress.allowNextHops.map(({ url }) => url);
  return createSpeaker({
    ...settings,
    restarting,
    allowNextHops,
    reservedNames: new Set([...config.servers, ...(peering?.peers ?? [])].map(({ name }) => name.toLowerCase())),
    callers: peering?.callers.map(({ asn: caller }) => ({ id: callerId(caller), asn: caller })) ?? [],
  });
}

function settingsOf({ asn, routerId, peering }: Config): SharedSettings {
  return sharedSettings({ asn, routerId, peers: peering?.peers ?? [], operatorsKey: peering?.operatorsKey });
}

/**
 * Returns the user's secret. Only a router with a listener needs it, because other copies use it to recognise the
 * router.
 */
async function secretOf({ peering }: Config, env: NodeJS.ProcessEnv): Promise<UserSecret> {
  if (peering?.listen === undefined) return { ok: false, reason: 'there is no listener' };
  const { knownSecret } = await import('../control-plane/copies/user-secret.ts');
  return knownSecret(env);
}

function secretsOf({ servers, egress, peering }: Config): string[] {
  const { peers = [], guests = [], callers = [], operatorsKey } = peering ?? {};
  const keys = [...peers, ...guests, ...callers, ...egress.allowNextHops].flatMap(({ key }) => key ?? []);
  return [
    ...servers.flatMap(({ headers }) => Object.values(headers)),
    ...keys,
    ...(operatorsKey === undefined ? [] : [operatorsKey]),
  ];
}
