import type { ReactNode } from "react";

// What these pages ask for is there when they are served, and not when they are built.
export const dynamic = "force-dynamic";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
