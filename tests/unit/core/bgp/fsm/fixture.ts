import type { BackOff } from '../../../../../src/core/bgp/fsm/back-off.ts';
import type { Fsm, FsmAction, FsmEvent, FsmSettings, Negotiated } from '../../../../../src/core/bgp/fsm/fsm.ts';
import type { Message, Open, SessionCapabilities } from '../../../../../src/core/bgp/packet/message.ts';

export const CAPABILITIES: SessionCapabilities = {
  families: ['agent', 'capability'],
  routeRefresh: true,
  gracefulRestart: { restartTimeSeconds: 120, restarted: false, preserved: true },
  proofs: true,
  decision: 'default/always',
};

/** AS 65000, 10.0.0.1: ourselves; it dials. */
export const SETTINGS: FsmSettings = {
  local: { asn: 65000, routerId: '10.0.0.1', holdTimeSeconds: 90, capabilities: CAPABILITIES },
  peerAsn: 65002,
  passive: false,
};

/** AS 65002, 10.0.0.2: the peer. */
export const OPEN: Open = {
  type: 'open',
  version: 4,
  asn: 65002,
  routerId: '10.0.0.2',
  holdTimeSeconds: 60,
  capabilities: CAPABILITIES,
};

export const NEGOTIATED: Negotiated = {
  routerId: '10.0.0.2',
  holdTimeSeconds: 60,
  families: ['agent', 'capability'],
  routeRefresh: true,
  proofs: true,
  sameDecision: true,
  gracefulRestart: { restartTimeSeconds: 120, restarted: false, preserved: true },
};

/** Two failures after one session that did not last: the next failure means 2 s of delay. */
export const BACK_OFF: BackOff = { attempts: 2, flaps: 1, met: true };

/** One connection per row of the matrix. */
export const STATES = {
  'idle until start': { state: 'idle', waitsFor: 'start', backOff: BACK_OFF },
  'idle until connect-retry': { state: 'idle', waitsFor: 'connect-retry', backOff: BACK_OFF },
  'idle until other-connection': { state: 'idle', waitsFor: 'other-connection', backOff: BACK_OFF },
  connect: { state: 'connect', backOff: BACK_OFF },
  active: { state: 'active', backOff: BACK_OFF },
  'open-sent': { state: 'open-sent', backOff: BACK_OFF },
  'open-confirm': { state: 'open-confirm', backOff: BACK_OFF, open: OPEN, negotiated: NEGOTIATED },
  established: { state: 'established', backOff: BACK_OFF, negotiated: NEGOTIATED },
} as const satisfies Record<string, Fsm>;

export type StateName = keyof typeof STATES;

export function received(message: Message): FsmEvent {
  return { type: 'MessageReceived', message };
}

/** One event per column of the matrix. */
export const EVENTS = {
  ManualStart: { type: 'ManualStart' },
  ManualStop: { type: 'ManualStop', reason: 'administrative-shutdown' },
  ConnectRetryTimerExpired: { type: 'ConnectRetryTimerExpired' },
  HoldTimerExpired: { type: 'HoldTimerExpired' },
  KeepaliveTimerExpired: { type: 'KeepaliveTimerExpired' },
  TransportConnected: { type: 'TransportConnected' },
  TransportAccepted: { type: 'TransportAccepted' },
  TransportFailed: { type: 'TransportFailed' },
  OpenCollisionDump: { type: 'OpenCollisionDump' },
  OtherConnectionEnded: { type: 'OtherConnectionEnded' },
  MessageMalformed: { type: 'MessageMalformed', notification: 'bad-message-type', reason: 'what is this' },
  'OPEN (good)': received(OPEN),
  'OPEN (bad)': received({ ...OPEN, asn: 65009 }),
  UPDATE: received({ type: 'update', withdrawn: ['weather'], reach: [], proofs: [] }),
  KEEPALIVE: received({ type: 'keepalive' }),
  NOTIFICATION: received({ type: 'notification', code: 6, subcode: 4 }),
  'ROUTE-REFRESH': received({ type: 'route-refresh', family: 'agent' }),
} as const satisfies Record<string, FsmEvent>;

export type EventName = keyof typeof EVENTS;

export function nameOf(fsm: Fsm): StateName {
  return fsm.state === 'idle' ? `idle until ${fsm.waitsFor}` : fsm.state;
}

/** An action in the words of the matrix. */
export function describeAction(action: FsmAction): string {
  switch (action.type) {
    case 'send':
      return action.message.type === 'notification'
        ? `send NOTIFICATION ${action.message.code}/${action.message.subcode}`
        : `send ${action.message.type.toUpperCase()}`;
    case 'start-timer':
      return `start ${action.timer} ${action.delayMs}`;
    case 'stop-timer':
      return `stop ${action.timer}`;
    case 'down':
      return action.cause === 'transport-failed'
        ? 'down (transport-failed)'
        : `down (${action.cause.code}/${action.cause.subcode})`;
    case 'deliver':
      return `deliver ${action.message.type.toUpperCase()}`;
    default:
      return action.type;
  }
}
