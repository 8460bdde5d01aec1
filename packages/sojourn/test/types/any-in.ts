/** Where `any` stands in `T`, as paths; `never` if nowhere. Looks into objects, lists and functions, five deep. */
export type AnyIn<T, Path extends string, Depth extends readonly 0[] = [0, 0, 0, 0, 0]> =
  IsAny<T> extends true
    ? Path
    : T extends Primitive
      ? never
      : Depth extends readonly [0, ...infer Rest extends readonly 0[]]
        ? T extends (...parameters: infer Parameters) => infer Result
          ? AnyIn<Parameters[number & keyof Parameters], `${Path}()`, Rest> | AnyIn<Result, `${Path} returns`, Rest>
          : T extends Promise<infer Value>
            ? AnyIn<Value, `${Path} resolves`, Rest>
            : T extends readonly (infer Item)[]
              ? AnyIn<Item, `${Path}[]`, Rest>
              : { [Key in Keys<T>]: AnyIn<T[Key], `${Path}.${Key}`, Rest> }[Keys<T>]
        : never;
type IsAny<T> = 0 extends 1 & T ? true : false;
/** Branded ones included. */
type Primitive = string | number | boolean | bigint | symbol | null | undefined;
/** Without what Node adds to every class of errors. */
type Keys<T> = Exclude<keyof T & string, "captureStackTrace" | "prepareStackTrace">;
