export default defineEventHandler(async (event) => {
  await event.context.session.end();
  return sendRedirect(event, "/login", 303);
});
