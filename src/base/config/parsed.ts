/** The value of a text, or what is wrong with it and what would be right. */
export type Parsed<T> = { readonly value: T } | { readonly fault: string };
