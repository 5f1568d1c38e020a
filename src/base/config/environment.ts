import type { Asn } from '../../core/bgp/packet/asn.ts';
import { defined, type Reading } from './partial-config.ts';
import type { PolicySource } from './load-policy.ts';
import { plainServer, type ServerDraft } from './server-draft.ts';
import { unsupportedFaults } from './unsupported-settings.ts';
import type { Parsed } from './parsed.ts';
import type { PeerDraft } from './peer-draft.ts';
import { parseKnown } from './parse-known.ts';
import type { Problem } from './problem.ts';
import { listItems, parseServerList } from './server-list.ts';
import * as setting from './settings.ts';
import { shownValue } from './shown-value.ts';
import { strict } from './strict.ts';
import { textField } from './field.ts';

type Env = Readonly<Record<string, string | undefined>>;

const peers = textField((text): Parsed<readonly { readonly asn: Asn; readonly url: string }[]> => {
  const parsed = listItems(text).map(setting.parsePeer);
  const wrong = parsed.find((peer) => 'fault' in peer);
  return wrong ?? { value: parsed.flatMap((peer) => ('value' in peer ? [peer.value] : [])) };
});

/** Variables that enable peering if they are set. */
const PEERING = ['BGP_ASN', 'BGP_ROUTER_ID', 'BGP_PEERS', 'BGP_ADVERTISE_URL', 'BGP_PEER_KEY', 'MCP_SERVER_PORT'];

const shape = {
  MASTRA_SERVERS: setting.nonEmptyText.optional(),
  AGENT_ROUTING_POLICY: setting.nonEmptyText.optional(),
  AGENT_PROXY_CONFIG: setting.nonEmptyText.optional(),
  BGP_ASN: setting.asn.optional(),
  BGP_ROUTER_ID: setting.routerId.optional(),
  BGP_PEERS: peers.optional(),
  BGP_LISTEN: setting.listen.optional(),
  BGP_ADVERTISE_URL: setting.baseUrl.optional(),
  BGP_PEER_KEY: setting.key.optional(),
  MCP_TRANSPORT: setting.transport.optional(),
  MCP_SERVER_PORT: setting.port.optional(),
  LOG_LEVEL: setting.logLevel.optional(),
  MASTRA_CLIENT_RETRIES: setting.retries.optional(),
  MASTRA_CLIENT_BACKOFF_MS: setting.delayMs.optional(),
  MASTRA_CLIENT_MAX_BACKOFF_MS: setting.delayMs.optional(),
};

const schema = strict(shape);

/** Names of all variables that the program reads. */
export const VARIABLES = Object.keys(shape);

/** Reads the settings in the variables, and the path of the config file. */
export function readEnvironment(env: Env): Reading & { readonly configFile: string | undefined } {
  const raw = givenVariables(env);
  const { data, faults } = parseKnown(schema, raw);
  const problems = faults.map(({ path, message }) => variableProblem(String(path[0]), message, raw));
  const list = data.MASTRA_SERVERS === undefined ? undefined : parseServerList(data.MASTRA_SERVERS);
  for (const { item, text, message } of list?.faults ?? []) problems.push(entryProblem(item, text, message));
  for (const { name, message } of unsupportedFaults('variable', data))
    problems.push(variableProblem(name, message, raw));
  return {
    problems,
    configFile: data.AGENT_PROXY_CONFIG,
    given: defined({
      asn: data.BGP_ASN,
      routerId: data.BGP_ROUTER_ID,
      servers: list?.servers.map(draftOf),
      policy: policyNamedBy(data.AGENT_ROUTING_POLICY),
      discovery: defined({
        retries: data.MASTRA_CLIENT_RETRIES,
        backoffMs: data.MASTRA_CLIENT_BACKOFF_MS,
        maxBackoffMs: data.MASTRA_CLIENT_MAX_BACKOFF_MS,
      }),
      logLevel: data.LOG_LEVEL,
      peers: data.BGP_PEERS?.map((peer, item) => peerDraft(peer, item, raw)),
      listen: data.BGP_LISTEN,
      advertiseUrl: data.BGP_ADVERTISE_URL,
      peerKey: data.BGP_PEER_KEY,
      port: data.MCP_SERVER_PORT,
      peering: PEERING.some((name) => name in raw) ? (true as const) : undefined,
    }),
  };
}

function peerDraft(
  peer: { readonly asn: Asn; readonly url: string },
  item: number,
  raw: Readonly<Record<string, string>>,
): PeerDraft {
  const label = `entry ${item + 1}`;
  const problem = (_key: string, message: string) => ({ ...variableProblem('BGP_PEERS', message, raw), place: label });
  return { ...peer, label, problem };
}

function policyNamedBy(path: string | undefined): PolicySource | undefined {
  return path === undefined ? undefined : { kind: 'file', path, namedBy: { source: 'AGENT_ROUTING_POLICY' } };
}

/**
 * Returns the variables that are set. Clients pass an empty text for a value that the user left out, so an empty variable
 * counts as not set. An empty policy is kept and reported, because ignoring it would accept every route.
 */
function givenVariables(env: Env): Record<string, string> {
  const given = VARIABLES.map((name): [string, string | undefined] => [name, env[name]?.trim()]);
  return Object.fromEntries(
    given.filter((pair): pair is [string, string] => {
      const [name, value] = pair;
      return value !== undefined && (value !== '' || name === 'AGENT_ROUTING_POLICY');
    }),
  );
}

function variableProblem(name: string, message: string, raw: Readonly<Record<string, string>>): Problem {
  const isSecret = name === 'BGP_PEER_KEY' && !setting.namesVariable(raw[name]);
  const value = isSecret ? undefined : shownValue(raw[name]);
  return { source: name, message, ...(value !== undefined && { value }) };
}

function entryProblem(item: number, text: string, message: string): Problem {
  const value = shownValue(text);
  return { source: 'MASTRA_SERVERS', place: `entry ${item + 1}`, message, ...(value !== undefined && { value }) };
}

function draftOf({ item, text, name, url }: ReturnType<typeof parseServerList>['servers'][number]): ServerDraft {
  return plainServer({
    name,
    url,
    position: item,
    label: `entry ${item + 1}`,
    problem: (_key, message) => entryProblem(item, text, message),
  });
}
