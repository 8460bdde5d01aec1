const own = /^\/(?:pages|_nuxt|__nuxt)/;

export default defineEventHandler((event) =>
  own.test(event.path) ? undefined : globalThis.suite.respond(event, toWebRequest(event)),
);
