import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";

/** What only an application of Next.js can load. */
export const tools = { cookies, headers, redirect };
