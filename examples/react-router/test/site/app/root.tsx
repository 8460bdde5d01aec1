import type { ReactNode } from "react";
import { isRouteErrorResponse, type MiddlewareFunction, Outlet, Scripts } from "react-router";
import type { Route } from "./+types/root";

// React Router builds and hosts the suite's application; what it does is in ../../application.ts.
export const middleware: MiddlewareFunction<Response>[] = [
  (args, next) => globalThis.suite.open(args, next),
  (args, next) => globalThis.suite.guard(args, next),
];

export const loader = () => null;

export function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        {children}
        <Scripts />
      </body>
    </html>
  );
}

export default function Root() {
  return <Outlet />;
}

export function ErrorBoundary({ error }: Route.ErrorBoundaryProps) {
  return <pre>{isRouteErrorResponse(error) ? `${error.status} ${JSON.stringify(error.data)}` : "an error"}</pre>;
}
