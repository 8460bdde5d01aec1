declare const brand: unique symbol;

/** A `T` that only the function which checked it can produce, so that two kinds of string are never mixed up. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
