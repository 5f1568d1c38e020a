/** The most NLRI and proofs in one UPDATE, announced, withdrawn and proved together; senders split what is more. */
export const MAX_ENTRIES_PER_UPDATE = 10_000;

/** The most ASes of one path, those of its sets counted, and the most communities or clusters of one route. */
export const MAX_LIST_LENGTH = 256;

/** The most communities of one route besides those that discovery sets. */
export const MAX_COMMUNITIES = 64;

/** The most capabilities of one route. */
export const MAX_CAPABILITIES = 64;

/** The most communities of one route that discovery sets, besides one for each of its capabilities. */
export const MAX_DISCOVERED_COMMUNITIES = 16;

/** The largest attribute set, in characters of text plus JSON values (RFC 4271 §4.3 limits its length, too). */
export const MAX_ATTRIBUTES_SIZE = 16_384;

/** The largest OPEN, in characters of text plus JSON values. */
export const MAX_OPEN_SIZE = 16_384;

/** The greatest depth of the JSON of attributes and OPEN. */
export const MAX_DEPTH = 8;

/** The last moment that a date can name, in milliseconds since 1970 (ECMA-262 §21.4.1.1). */
export const MAX_TIME_MS = 8_640_000_000_000_000;

/** The longest next hop, in UTF-16 units. */
export const MAX_URL_LENGTH = 2_048;

/** The longest name of an agent, in UTF-16 units; more is cut off. */
export const MAX_NAME_LENGTH = 128;

/** The longest description of an agent, in UTF-16 units; more is cut off. */
export const MAX_DESCRIPTION_LENGTH = 1_024;

/** The longest reason in a NOTIFICATION, in UTF-16 units; more is cut off. */
export const MAX_REASON_LENGTH = 512;

/** The longest description of a decision process in OPEN, in UTF-16 units. */
export const MAX_DECISION_LENGTH = 512;

/** The longest time that routes are kept for a restarting peer, in seconds (RFC 4724 §3: 12 bits). */
export const MAX_RESTART_TIME_SECONDS = 4_095;
