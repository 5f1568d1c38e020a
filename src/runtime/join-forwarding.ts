import { balanceOver } from '../data-plane/balancing/balance-over.ts';
import { CallSlots } from '../data-plane/balancing/call-slots.ts';
import { callerAdmission } from '../data-plane/balancing/caller-admission.ts';
import { HopLoads } from '../data-plane/balancing/hop-loads.ts';
import { ResponseTimes } from '../data-plane/balancing/response-times.ts';
import type { Config } from '../base/config/config.ts';
import type { AgentServers } from '../control-plane/discovery/agent-servers.ts';
import { Forwarder } from '../data-plane/forwarding/forwarder.ts';
import { Front } from '../interfaces/front/front.ts';
import { HopGate } from '../data-plane/forwarding/hop-gate.ts';
import { PathFinder } from '../data-plane/forwarding/path-finder.ts';
import type { Balance } from '../data-plane/forwarding/ports.ts';
import { routingTable } from '../data-plane/forwarding/routing-table.ts';
import { transitTable } from '../data-plane/forwarding/transit-table.ts';
import type { AgentChunk, AgentReply, StreamReply } from '../servers/api/agent-client.ts';
import { cleanReplies } from '../servers/api/clean-replies.ts';
import { learnAgent } from '../servers/mastra/learn-agent.ts';
import type { NextServers } from '../servers/next-servers.ts';
import { isKnownAs } from '../control-plane/speaker/known-as.ts';
import { peersAway } from '../control-plane/speaker/listed-peers.ts';
import type { Log } from '../base/telemetry/log-event.ts';
import type { SecretMask } from '../base/telemetry/secret-mask.ts';
import type { Network } from './network.ts';
import type { OwnAgents } from './own-agents.ts';

export interface ForwardingParts {
  readonly config: Config;
  readonly network: Network;
  readonly own: OwnAgents;
  readonly servers: NextServers;
  /** Returns true if a caller may name a URL that is neither a server's nor a next hop. */
  readonly mayName: (url: string) => boolean;
  /** Sends requests to the URLs that callers may name. */
  readonly fetch: typeof globalThis.fetch;
  readonly mask: SecretMask;
  readonly log: Log;
}

/** Connects the rooms that a call passes, for calls of the own user and for relayed calls. */
export function joinForwarding({ config, network, own, servers, mayName, fetch, mask, log }: ForwardingParts): {
  readonly forwarder: Forwarder<AgentReply | StreamReply, AgentChunk>;
  readonly front: Front;
} {
  const { speaker } = network.driver;
  const { calls: limits, balancing } = config;
  const { health } = own;
  const loads = new HopLoads();
  const balance = balanceOver(speaker, balancing.method, loads, health.monitor);
  const onUnreached = (nextHop: string): void => {
    own.servers.doubt(nextHop);
  };
  const gate = new HopGate({ health, loads, slots: new CallSlots(limits), onUnreached });
  const shared = {
    self: speaker.settings,
    limits,
    admission: callerAdmission(limits),
    paths: pathsOf(network, own.servers, balance, mayName, fetch),
    isProbed: health.isProbed,
  };
  const table = transitTable(speaker);
  const relay = gate.relay(servers.relay);
  return {
    forwarder: new Forwarder({
      ...shared,
      times: limits.hedge ? new ResponseTimes() : undefined,
      nextHops: gate.nextHops(servers),
    }),
    front: new Front({ ...shared, table, balance, relay, cleaner: cleanReplies(mask), log }),
  };
}

function pathsOf(
  { driver: { speaker }, peersTold }: Network,
  servers: AgentServers,
  balance: Balance,
  mayName: (url: string) => boolean,
  fetch: typeof globalThis.fetch,
): PathFinder {
  return new PathFinder({
    ownAsn: speaker.settings.asn,
    isAs: (asn) => isKnownAs(speaker, asn),
    table: routingTable(speaker),
    balance,
    servers: {
      all: () => servers.all(),
      named: (name) => servers.named(name),
      firstAnswer: (name) => servers.firstAnswer(name),
      peersTold,
      peersAway: () => peersAway(speaker),
    },
    directCalls: {
      permits: mayName,
      learn: (url, name, signal) => learnAgent(url, name, fetch, signal),
    },
  });
}
