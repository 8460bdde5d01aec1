declare module "cloudflare:workers" {
  export const env: { readonly SELF: { fetch(url: string, init: RequestInit): Promise<Response> } };
}
