import type { StandardSchemaV1 } from "@standard-schema/spec";
import { SojournError } from "./errors.ts";
import { findNonJson, isObject, type JsonObject } from "./json.ts";
import type { SessionRecord } from "./record.ts";
import { StoredData } from "./stored-data.ts";

/** How data written by an older release of the application becomes today's. */
export interface DataUpgrade {
  /** Today's version, 1 or more; data stored before this option existed is version 0. Raise it with each change of shape. */
  readonly version: number;
  /** Returns today's data for data of version `from`. Pure and synchronous; it runs at each read until the next write. */
  readonly step: (data: JsonObject, from: number) => object;
}

/** The application's side of a session: what its data must look like, and how large it may be. */
export interface DataRules {
  readonly version: number;
  /** The record with its data as this release knows it. Throws if the data cannot be brought there. */
  upgraded(record: SessionRecord): SessionRecord;
  /** `data`, checked and ready to be stored in place of `record`'s. Throws `ERR_DATA_INVALID` or `ERR_DATA_TOO_LARGE`. */
  checked(data: object, record: Pick<SessionRecord, "dataVersion">): Pick<SessionRecord, "data" | "dataVersion">;
}

export interface DataOptions {
  readonly schema: StandardSchemaV1 | undefined;
  readonly upgrade: DataUpgrade | undefined;
  readonly maxDataBytes: number;
}

export function createDataRules({ schema, upgrade, maxDataBytes }: DataOptions): DataRules {
  const version = upgrade?.version ?? 0;
  return {
    version,
    upgraded(record) {
      // Written by a newer release while both are running: it is served as it is, and keeps its version.
      if (record.dataVersion >= version || !upgrade) return record;
      const data = validate(upgrade.step(record.data.copy(), record.dataVersion), schema);
      return { ...record, data: new StoredData(JSON.stringify(data)), dataVersion: version };
    },
    checked(data, record) {
      const valid = validate(data, schema);
      // What a newer release added and this one's schema does not know must survive this release's write.
      const isNewer = record.dataVersion > version;
      const json = JSON.stringify(isNewer ? { ...data, ...valid } : valid);
      assertFits(json, maxDataBytes);
      return { data: new StoredData(json), dataVersion: Math.max(record.dataVersion, version) };
    },
  };
}

function validate(data: unknown, schema: StandardSchemaV1 | undefined): object {
  const result = schema ? schema["~standard"].validate(data) : { value: data };
  if (result instanceof Promise)
    throw new TypeError("The schema is asynchronous: session data needs a synchronous one");
  if (result.issues) {
    // Paths and the schema's own words; never the values, which may be secret.
    const problems = result.issues.map((issue) => `${pathOf(issue)}: ${issue.message}`);
    throw new SojournError(
      "ERR_DATA_INVALID",
      `The session's data does not satisfy its schema: ${problems.join("; ")}`,
    );
  }
  if (!isObject(result.value)) throw new SojournError("ERR_DATA_INVALID", "The session's data must be an object");
  const problem = findNonJson(result.value, "data");
  if (problem) throw new SojournError("ERR_DATA_INVALID", `Session data is stored as JSON: ${problem}`);
  return result.value;
}

function pathOf(issue: StandardSchemaV1.Issue): string {
  const keys = issue.path?.map((segment) => String(typeof segment === "object" ? segment.key : segment)) ?? [];
  return ["data", ...keys].join(".");
}

function assertFits(json: string, maxBytes: number): void {
  const bytes = new TextEncoder().encode(json).length;
  if (bytes <= maxBytes) return;
  throw new SojournError(
    "ERR_DATA_TOO_LARGE",
    `The session's data is ${bytes} bytes of JSON, its budget is ${maxBytes}: keep large things in your own tables and their keys here, or raise maxDataBytes`,
  );
}
