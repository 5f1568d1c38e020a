import { Failure } from '../../base/failure/failure.ts';

/** A media type with its parameters (RFC 9110 §8.3.1), of a length that nobody needs more than. */
const CONTENT_TYPE = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}[ \t]*(?:;[\x20-\x7e]{0,200})?$/;

/** What a call says that its body is cannot be passed on. */
class InvalidContentType extends Failure {
  constructor() {
    super('INVALID_REQUEST', 'content-type is malformed. Send application/json.', { blames: 'caller' });
  }
}

/** What the body of a relayed call is said to be; JSON, where nothing is said. */
export function contentTypeOf({ header }: { readonly header: (name: string) => string | undefined }): string {
  const text = header('content-type') ?? 'application/json';
  if (!CONTENT_TYPE.test(text)) throw new InvalidContentType();
  return text;
}
