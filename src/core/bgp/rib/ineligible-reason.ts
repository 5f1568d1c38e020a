/** The reason for which a route cannot be chosen (RFC 4271 §9.1.2). */
export type IneligibleReason =
  | { readonly type: 'as-loop' }
  /** The nearest AS of the path is not the external peer's own (RFC 4271 §6.3). */
  | { readonly type: 'first-as' }
  | { readonly type: 'originator-loop' }
  | { readonly type: 'cluster-loop' }
  | { readonly type: 'denied'; readonly place: string; readonly name?: string }
  | { readonly type: 'not-allowed'; readonly limit: 'allowOrigins' | 'allowAgents' }
  /** The id begins with the name of a server or an AS and a colon, which would make it read as qualified. */
  | { readonly type: 'reserved-name' }
  | { readonly type: 'life-ended' }
  /** It came and went too often (RFC 2439 §2.2). */
  | { readonly type: 'damped'; readonly untilMs: number }
  /** We have no URL under which the peer could be called. */
  | { readonly type: 'not-callable' };

type Fields = Readonly<Record<string, string | number>>;

/** True if two reasons are equal in every field, or both are absent. */
export function sameReason(a: IneligibleReason | undefined, b: IneligibleReason | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const fields: Fields = a;
  const others: Fields = b;
  const names = Object.keys(fields);
  return names.length === Object.keys(others).length && names.every((name) => fields[name] === others[name]);
}
