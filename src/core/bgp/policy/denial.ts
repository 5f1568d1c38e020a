/** The place of policy, or the limit of a peer, that forbids a call (RFC 4271 §9.1.1). */
export interface Denial {
  /** The place of the statement, such as `import[2]`, of the default, such as `import.default`, or the limit. */
  readonly place: string;
  /** The name of the statement, if it has one. */
  readonly name: string | undefined;
}
