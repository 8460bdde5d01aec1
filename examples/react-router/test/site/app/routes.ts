import { type RouteConfig, route } from "@react-router/dev/routes";

export default [
  route("pages/acting", "routes/acting.tsx"),
  route("pages/rendering", "routes/rendering.tsx"),
  route("pages/failing", "routes/failing.tsx"),
  route("pages/guarded", "routes/guarded.tsx"),
  route("*", "routes/all.ts"),
] satisfies RouteConfig;
