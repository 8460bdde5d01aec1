import { withSession } from "../../../src/adapters/fetch.ts";
import type { AdapterApplicationData as Data, StartAdapterApplication } from "../../../src/testing/index.ts";
import { respond } from "./fetch-routes.ts";
import { serve } from "./fetch-server.ts";

/** The application of the adapter suite on standard requests and responses. */
export const startOnFetch: StartAdapterApplication = ({ manager, isBehindProxy }) =>
  serve(
    withSession<Data>(manager, respond, {
      behindProxy: isBehindProxy,
      isPolling: (request) => request.url.endsWith("/poll"),
      onError: () => {},
    }),
  );
