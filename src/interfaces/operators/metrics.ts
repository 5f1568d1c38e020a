import { cleanText } from '../../core/bgp/packet/clean-text.ts';
import type { AdminOptions } from './admin-options.ts';

/** The longest value of a label. */
const MAX_LABEL_LENGTH = 128;

type Labels = Readonly<Record<string, string>>;

/** Counts and states in the text form that Prometheus reads. */
export function metrics({ speaker, trafficOf, servers }: AdminOptions): string {
  const peers = [...speaker.peers];
  let best = 0;
  for (const entry of speaker.locRib.entries()) if (entry.best !== undefined) best += 1;
  return [
    metric('agent_bgp_destinations', 'gauge', 'Agents and capabilities that can be called', [[{}, best]]),
    metric(
      'agent_bgp_server_up',
      'gauge',
      'Whether a server of agents answers',
      [...servers()].map(({ name, error }) => [{ server: name }, error === undefined ? 1 : 0]),
    ),
    metric(
      'agent_bgp_peer_up',
      'gauge',
      'Whether the session with a peer is established',
      peers.map(([peer, { session }]) => [{ peer }, session === undefined ? 0 : 1]),
    ),
    metric(
      'agent_bgp_routes_received',
      'gauge',
      'Routes in the Adj-RIB-In of a peer',
      peers.map(([peer, { adjRibIn }]) => [{ peer }, adjRibIn.size]),
    ),
    metric(
      'agent_bgp_routes_sent',
      'gauge',
      'Routes in the Adj-RIB-Out of a peer',
      peers.map(([peer, { adjRibOut }]) => [{ peer }, adjRibOut.size]),
    ),
    metric(
      'agent_bgp_messages_total',
      'counter',
      'Messages to and from a peer',
      peers.flatMap(([peer]) => messages(peer, trafficOf(peer))),
    ),
  ].join('');
}

function messages(peer: string, { sent, received }: ReturnType<AdminOptions['trafficOf']>): [Labels, number][] {
  const counts = (direction: string, by: Readonly<Record<string, number>>): [Labels, number][] =>
    Object.entries(by).map(([type, count]) => [{ peer, direction, type }, count]);
  return [...counts('sent', sent), ...counts('received', received)];
}

function metric(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  samples: readonly (readonly [Labels, number])[],
): string {
  const lines = samples.map(([labels, value]) => `${name}${shownLabels(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function shownLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${quoted(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** The format knows no other escapes than these. */
function quoted(value: string): string {
  return cleanText(value, MAX_LABEL_LENGTH).replace(/["\\]/g, '\\$&');
}
