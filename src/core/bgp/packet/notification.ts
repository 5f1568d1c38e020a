import type { Notification } from './message.ts';

/**
 * Error codes and subcodes (RFC 4271 §4.5, §6), with those of cease (RFC 4486 §3) and of the state machine (RFC 6608 §3).
 * Each entry is `[code, subcode]`.
 */
export const NOTIFICATIONS = {
  'connection-not-synchronized': [1, 1],
  'bad-message-length': [1, 2],
  'bad-message-type': [1, 3],
  'unsupported-version': [2, 1],
  'bad-peer-as': [2, 2],
  'bad-bgp-identifier': [2, 3],
  'unsupported-optional-parameter': [2, 4],
  'unacceptable-hold-time': [2, 6],
  'unsupported-capability': [2, 7],
  'malformed-attribute-list': [3, 1],
  'hold-timer-expired': [4, 0],
  'unexpected-message-in-open-sent': [5, 1],
  'unexpected-message-in-open-confirm': [5, 2],
  'unexpected-message-in-established': [5, 3],
  'max-prefixes-reached': [6, 1],
  'administrative-shutdown': [6, 2],
  'peer-deconfigured': [6, 3],
  'administrative-reset': [6, 4],
  'connection-rejected': [6, 5],
  'configuration-change': [6, 6],
  'connection-collision': [6, 7],
  'out-of-resources': [6, 8],
} as const satisfies Record<string, readonly [code: number, subcode: number]>;

/** The reason for closing a session, by name; the numbers are in {@link NOTIFICATIONS} (RFC 4271 §4.5). */
export type NotificationName = keyof typeof NOTIFICATIONS;

const names = new Map(
  Object.entries(NOTIFICATIONS).map(([name, [code, subcode]]) => [`${code}/${subcode}`, name as NotificationName]),
);

/** Returns the name of a received code and subcode, or undefined when this version does not know them (RFC 4271 §4.5). */
export function notificationName(code: number, subcode: number): NotificationName | undefined {
  return names.get(`${code}/${subcode}`);
}

/** Returns the message that closes a session for a named cause (RFC 4271 §4.5). */
export function notification(name: NotificationName, reason?: string): Notification {
  const [code, subcode] = NOTIFICATIONS[name];
  return { type: 'notification', code, subcode, ...(reason !== undefined && { reason }) };
}
