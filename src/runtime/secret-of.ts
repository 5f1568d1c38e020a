import type { Config } from '../config/config.ts';
import type { UserSecret } from './copies.ts';

/** Only a router that others may take for another copy of itself needs to know what they know. */
export async function secretOf({ peering }: Config, env: NodeJS.ProcessEnv): Promise<UserSecret> {
  if (peering?.listen === undefined) return { ok: false, reason: 'there is no listener' };
  const { userSecret } = await import('../copies/user-secret.ts');
  try {
    return { ok: true, secret: await userSecret(env) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
