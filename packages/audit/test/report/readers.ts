import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** What of JSON Schema validators is used here. */
export interface Validator {
  (value: unknown): boolean;
  readonly errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
}

/** Programs that read reports in other people's CI: see tools/readers. */
const folder = process.env.SOJOURN_REPORT_READERS;

/** Where their packages are. */
export function readersFolder(): string {
  if (!folder || !existsSync(folder))
    throw new Error("SOJOURN_REPORT_READERS is not set: start this test with `npm test -- auditor`");
  return folder;
}

export function schemaValidator(schema: object): Validator {
  const load = createRequire(join(readersFolder(), "package.json"));
  const { Ajv2020 } = load("ajv/dist/2020.js") as {
    Ajv2020: new (options: object) => { compile(schema: object): Validator };
  };
  const addFormats = load("ajv-formats") as (ajv: object) => void;
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  addFormats(ajv);
  return ajv.compile(schema);
}

export interface Suites {
  readonly testsuite?: readonly {
    readonly name?: string;
    readonly tests?: number;
    readonly failures?: number;
    readonly errors?: number;
    readonly skipped?: number;
    readonly testcase?: readonly {
      readonly name?: string;
      readonly failure?: readonly { readonly message?: string; readonly inner?: string }[];
      readonly error?: readonly object[];
      readonly skipped?: readonly object[];
      readonly properties?: readonly { readonly name?: string; readonly value?: string }[];
      readonly "system-out"?: readonly string[];
    }[];
  }[];
}

export async function readJUnit(xml: string): Promise<Suites> {
  const load = createRequire(join(readersFolder(), "package.json"));
  const { parse } = (await import(pathToFileURL(load.resolve("junit2json")).href)) as {
    parse(xml: string): Promise<Suites | null>;
  };
  return (await parse(xml)) ?? {};
}
