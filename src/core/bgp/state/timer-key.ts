import type { Timer } from './event.ts';

/** Names a timer: one that is set again has the name of the earlier one, whose place it takes (RFC 4271 §10). */
export function timerKey(timer: Timer): string {
  switch (timer.kind) {
    case 'session':
      return `session ${timer.connection} ${timer.timer} ${timer.peer}`;
    case 'advertise':
    case 'retell':
    case 'stale':
      return `${timer.kind} ${timer.peer}`;
    case 'purge':
      return 'purge';
    case 'hold-down':
      return `hold-down ${timer.nlri}`;
    case 'reuse':
      return `reuse ${timer.from} ${timer.id}`;
  }
}
