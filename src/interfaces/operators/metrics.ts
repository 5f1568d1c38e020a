import { cleanText } from '../../core/bgp/packet/clean-text.ts';
import type { AdminOptions } from './admin-options.ts';

/** Maximum length of a label value. */
const MAX_LABEL_LENGTH = 128;

type Labels = Readonly<Record<string, string>>;

/** Returns counts and states in the text format of Prometheus. */
export function metrics({ speaker, trafficOf, servers }: AdminOptions): string {
  const peers = [...speaker.peers];
  let best = 0;
  for (const entry of speaker.locRib.entries()) if (entry.best !== undefined) best += 1;
  return [
    metric('agent_bgp_destinations', 'gauge', 'Agents and capabilities that can be called', [[{}, best]]),
    metric(
      'agent_bgp_server_up',
      'gauge',
      '1 if the agent server answers, else 0',
      [...servers()].map(({ name, error }) => [{ server: name }, error === undefined ? 1 : 0]),
    ),
    metric(
      'agent_bgp_peer_up',
      'gauge',
      '1 if the session with the peer is established, else 0',
      peers.map(([peer, { session }]) => [{ peer }, session === undefined ? 0 : 1]),
    ),
    metric(
      'agent_bgp_routes_received',
      'gauge',
      'Routes in the Adj-RIB-In of the peer',
      peers.map(([peer, { adjRibIn }]) => [{ peer }, adjRibIn.size]),
    ),
    metric(
      'agent_bgp_routes_sent',
      'gauge',
      'Routes in the Adj-RIB-Out of the peer',
      peers.map(([peer, { adjRibOut }]) => [{ peer }, adjRibOut.size]),
    ),
    metric(
      'agent_bgp_messages_total',
      'counter',
      'Messages sent to and received from the peer',
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

/**
 * Cleans a label value and escapes quotation marks and backslashes. The format has no other escapes for printable text.
 */
function quoted(value: string): string {
  return cleanText(value, MAX_LABEL_LENGTH).replace(/["\\]/g, '\\$&');
}
