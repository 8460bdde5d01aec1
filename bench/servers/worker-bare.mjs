const worker = { fetch: async () => new Response("anonymous") };

export { worker as default };
