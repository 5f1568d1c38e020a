import type { Link } from '../speaker/link.ts';
import type { Session } from './authenticated-session.ts';

/** A link together with the session that it carries. */
export interface SessionLink extends Link {
  readonly session: Session;
}
