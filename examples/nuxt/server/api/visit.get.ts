export default defineEventHandler(async (event) => {
  const session = sessions.userOf(event);
  await session.update((draft) => {
    draft.visits = (draft.visits ?? 0) + 1;
  });
  return `Hello, ${session.userId}, for the ${session.data.visits}. time`;
});
