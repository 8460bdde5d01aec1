export default defineEventHandler(async (event) => {
  const form = await readFormData(event);
  const isRight = form.get("name") === "alice" && form.get("password") === "correct horse"; // yours to check
  if (isRight) await event.context.session.authenticate({ id: "alice", keep: ["visits"] });
  return sendRedirect(event, isRight ? "/" : "/login", 303);
});
