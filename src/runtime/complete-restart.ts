import type { AgentServers } from '../control-plane/discovery/agent-servers.ts';
import type { Network } from './network.ts';

/** Time for peers to advertise all their routes, in milliseconds (RFC 4724 §4.1, Selection_Deferral_Timer). */
const DEFERRAL_MS = 5_000;

/**
 * Reports the end of a restart. Peers keep our old routes until this router knows all routes of its servers and peers
 * again.
 */
export async function completeRestart({ driver, whenTold }: Network, servers: AgentServers): Promise<void> {
  const told = whenTold(AbortSignal.timeout(DEFERRAL_MS)).catch(() => undefined);
  await Promise.all([servers.firstRound(undefined), told]);
  driver.raise({ type: 'RestartCompleted' });
}
