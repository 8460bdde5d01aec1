import { expect, test } from "vitest";
import { providerLogoutUrl } from "../../src/oidc/index.ts";

const logout = { endpoint: "https://login.example/logout?tenant=7", clientId: "bank" };

test("the browser goes to the provider's own address, with who asks and where to go back to", () => {
  const url = providerLogoutUrl({
    ...logout,
    idTokenHint: "e30.e30.e30",
    returnTo: "https://bank.example/bye?from=bank&x",
    state: "a b",
  });
  expect(url.origin + url.pathname).toBe("https://login.example/logout");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    tenant: "7",
    client_id: "bank",
    id_token_hint: "e30.e30.e30",
    post_logout_redirect_uri: "https://bank.example/bye?from=bank&x",
    state: "a b",
  });
});

test("what is left out is not in it", () => {
  expect(providerLogoutUrl(logout).search).toBe("?tenant=7&client_id=bank");
});

test.each([
  [{ endpoint: "http://login.example/logout" }, "endpoint must be an https address"],
  [{ endpoint: undefined }, "endpoint must be an https address"],
  [{ endpoint: "javascript:alert(1)" }, "endpoint must be an https address"],
  [{ clientId: "" }, "clientId is missing"],
  [{ returnTo: "/bye" }, "returnTo must be an https address"],
  [{ returnTo: "https://bank.example/", state: "" }, 'state is ""'],
  [{ idTokenHint: 7 }, "idTokenHint is 7"],
  [{ state: "s" }, "state comes back with returnTo"],
  [{ clientID: "bank" }, "did you mean clientId?"],
])("%j is refused", (change, problem) => {
  expect(() => providerLogoutUrl({ ...logout, ...change } as never)).toThrow(problem);
});
