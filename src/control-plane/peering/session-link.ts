import type { Link } from '../speaker/link.ts';
import type { Session } from './authenticated-session.ts';

/** A link with its session. */
export interface SessionLink extends Link {
  readonly session: Session;
}
