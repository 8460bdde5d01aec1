import { index, type RouteConfig, route } from "@react-router/dev/routes";

const [login, logout] = [route("login", "routes/login.tsx"), route("logout", "routes/logout.ts")];
export default [index("routes/home.tsx"), login, logout] satisfies RouteConfig;
