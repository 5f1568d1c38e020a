import type { Effect } from '../bgp/state/effect.ts';
import type { Event } from '../bgp/state/event.ts';
import type { SpeakerSettings } from '../bgp/state/state.ts';

/** Everything that happened to one speaker, as JSON lines from which it can be replayed. */
export interface Recording {
  /** The settings of the speaker, then one event with its time per line. A new start writes settings again. */
  readonly events: readonly string[];
  /** One line per event: what the speaker wanted done. */
  readonly effects: readonly string[];
}

/** Writes down what happens to one speaker. */
export class Recorder {
  readonly events: string[] = [];
  readonly effects: string[] = [];

  started(settings: SpeakerSettings): void {
    this.events.push(JSON.stringify({ settings }));
  }

  stepped(now: number, event: Event, effects: readonly Effect[]): void {
    this.events.push(JSON.stringify({ now, event }));
    this.effects.push(JSON.stringify(effects));
  }
}
