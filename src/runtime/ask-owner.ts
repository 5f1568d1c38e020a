import { askOwner as ask, type OwnerAnswer } from '../copies/ask-owner.ts';
import { meetingPoint } from '../copies/meeting-point.ts';
import { userSecret } from '../copies/user-secret.ts';

/** Asks the router of this user that listens at an address, past its listener; undefined when there is none. */
export async function askOwner(
  listen: { readonly host: string; readonly port: number },
  question: string,
  env: NodeJS.ProcessEnv,
): Promise<OwnerAnswer | undefined> {
  return ask({ path: meetingPoint(listen, env), secret: await userSecret(env) }, question);
}
