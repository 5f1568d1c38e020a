import { Failure } from '../../base/failure/failure.ts';

/** A media type with its parameters (RFC 9110 §8.3.1), of limited length. */
const CONTENT_TYPE = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}[ \t]*(?:;[\x20-\x7e]{0,200})?$/;

/** The media type of a call's body cannot be forwarded. */
class InvalidContentType extends Failure {
  constructor() {
    super('INVALID_REQUEST', 'content-type is malformed. Send application/json.', { blames: 'caller' });
  }
}

/** Returns the media type of a relayed call's body; JSON if the call has none. */
export function contentTypeOf({ header }: { readonly header: (name: string) => string | undefined }): string {
  const text = header('content-type') ?? 'application/json';
  if (!CONTENT_TYPE.test(text)) throw new InvalidContentType();
  return text;
}
