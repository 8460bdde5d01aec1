/** What every contestant keeps in a session, and shows: the same user and the same data. */
export const user = { id: "user-000123", email: "alice@shop.example" };
export const data = {
  name: "Alice Example",
  theme: "dark",
  locale: "en-GB",
  cart: [
    { product: "8d2f41", count: 2 },
    { product: "77b0c3", count: 1 },
  ],
};
/** What a logged-in user sees; without a session, a bare server says it by heart. */
export const page = (userId, theme) => `Hello ${userId}, in ${theme}`;
export const expected = page(user.id, data.theme);

/** Half an hour of inactivity everywhere, as Sojourn's default. */
export const idleSeconds = 1_800;
/** Long enough for every peer. Not a secret: these servers live for a minute on loopback. */
export const secret = "a key for measuring, of more than thirty-two bytes";
