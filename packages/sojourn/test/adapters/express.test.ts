import express from "express";
import express4 from "express4";
import { test } from "vitest";
import { adapterChecks } from "../../src/testing/index.ts";
import { expressApplication } from "./applications/express.ts";
import { listen } from "./applications/listen.ts";

const versions = {
  "Express 5": adapterChecks((options) => listen(expressApplication(express, options))),
  "Express 4": adapterChecks((options) => listen(expressApplication(express4 as unknown as typeof express, options))),
};

for (const [version, checks] of Object.entries(versions)) {
  for (const check of checks) test(`${version}: ${check.name}`, () => check.run());
}
