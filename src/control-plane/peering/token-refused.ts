/** Error for a request with an invalid token or session. The reason is for the log, not for the sender. */
export class TokenRefused extends Error {}
