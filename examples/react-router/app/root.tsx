import { sessions } from "./sessions.server.ts";

export const middleware = [sessions.middleware];

export { Outlet as default } from "react-router"; // yours: the page around every page
