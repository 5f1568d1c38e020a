import type { AgentServers } from '../control-plane/discovery/agent-servers.ts';
import type { Network } from './network.ts';

/** Long enough for every peer to tell what it knows, in milliseconds (RFC 4724 §4.1, Selection_Deferral_Timer). */
const DEFERRAL_MS = 5_000;

/** Peers keep what they knew of us until we say that we know everything again: from our servers and from them. */
export async function completeRestart({ driver, whenTold }: Network, servers: AgentServers): Promise<void> {
  const told = whenTold(AbortSignal.timeout(DEFERRAL_MS)).catch(() => undefined);
  await Promise.all([servers.firstRound(undefined), told]);
  driver.raise({ type: 'RestartCompleted' });
}
