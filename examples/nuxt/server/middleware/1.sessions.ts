export default sessions.middleware;
