import type { Draw } from '../bgp/state/event.ts';
import type { Life, Secret } from '../bgp/packet/life.ts';
import type { Message } from '../bgp/packet/message.ts';
import type { Nlri } from '../bgp/packet/nlri.ts';
import type { Random } from './random.ts';

/**
 * Returns the hash of a secret. SHA-256 belongs to the shell; inside a simulation it is enough that different secrets or NLRI
 * never give the same life, and that nobody guesses: no simulated router reads a secret out of a life.
 */
export function lifeOf(secret: Secret, nlri: Nlri): Life {
  return `life(${secret} ${nlri})`;
}

/** Draws a fresh life for an NLRI. */
export function draw(nlri: Nlri, random: Random): Draw {
  const secret = random.below(2 ** 48).toString(36) + random.below(2 ** 48).toString(36);
  return { nlri, secret, life: lifeOf(secret, nlri) };
}

/** Reads a message as its receiver does: the hash of a proof's secret is the life that it ends, whatever the sender says. */
export function withLivesHashed(message: Message): Message {
  if (message.type !== 'update' || message.proofs.length === 0) return message;
  const proofs = message.proofs.map(({ nlri, secret }) => ({ nlri, secret, life: lifeOf(secret, nlri) }));
  return { ...message, proofs };
}
