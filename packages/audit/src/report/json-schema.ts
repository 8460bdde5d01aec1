import { z } from "zod";
import { auditFileSchema } from "../file/schema.ts";
import { reportSchema } from "./report.ts";

/** The published JSON Schemas, by the name of their file in schema/. */
export function jsonSchemas(): Readonly<Record<string, string>> {
  const text = (schema: z.ZodType, title: string, io: "input" | "output") =>
    `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io, unrepresentable: "any" }) }, null, 2)}\n`;
  return {
    "report-1.json": text(reportSchema, "sojourn-audit/report/1", "output"),
    "audit-file-1.json": text(auditFileSchema, "An audit file of sojourn-audit", "input"),
  };
}
