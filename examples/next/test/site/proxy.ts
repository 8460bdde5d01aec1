import { type NextRequest, NextResponse } from "next/server";
import { tools } from "./tools.ts";

export const proxy = (request: NextRequest) => globalThis.suite.proxy(tools, request, () => NextResponse.next());
export const config = { matcher: "/guarded/:path*" };
