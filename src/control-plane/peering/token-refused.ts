/** Why a request is not let in; for the log, not for who made it. */
export class TokenRefused extends Error {}
