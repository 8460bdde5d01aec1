import { NextResponse } from "next/server";
import { sessions } from "./sessions.ts";

export const proxy = (request: Request) => sessions.guard(request, { at: "/login" }, () => NextResponse.next());
export const config = { matcher: "/" };
