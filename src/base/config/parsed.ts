/** A parsed value, or a fault that states what would be valid. */
export type Parsed<T> = { readonly value: T } | { readonly fault: string };
