import { tools } from "../../tools.ts";

// Next.js hosts the suite's application; what it does is in ../../../application.ts.
export const GET = (request: Request) => globalThis.suite.route(tools, request);
export const POST = GET;
