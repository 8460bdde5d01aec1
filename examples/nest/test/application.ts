import "reflect-metadata";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import {
  All,
  type ArgumentsHost,
  Catch,
  Controller,
  createParamDecorator,
  type ExecutionContext,
  Get,
  Header,
  HttpCode,
  HttpException,
  type INestApplication,
  Module,
  Post,
  Redirect,
  Res,
  StreamableFile,
  UseGuards,
} from "@nestjs/common";
import { BaseExceptionFilter, NestFactory } from "@nestjs/core";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import { nestSessions, type SessionOf } from "../../../packages/sojourn/src/adapters/nest.ts";
import { type SessionManager, SojournError } from "../../../packages/sojourn/src/index.ts";
import type {
  AdapterApplication,
  AdapterApplicationOptions,
  AdapterApplicationData as Data,
  StartAdapterApplication,
} from "../../../packages/sojourn/src/testing/index.ts";
import {
  aboutMe,
  addOne,
  codeMetBy,
  logIn,
  stepUp,
} from "../../../packages/sojourn/test/adapters/applications/answers.ts";

/** The application of the adapter suite on NestJS with Express. */
export const startOnExpress: StartAdapterApplication = async (options) => {
  const { App, connect } = anApplication(options);
  const app = await NestFactory.create(App, { logger: false, bodyParser: false, forceCloseConnections: true });
  app
    .getHttpAdapter()
    .getInstance()
    .set("trust proxy", options.isBehindProxy && "loopback");
  return serve(app, connect);
};

/** The same on NestJS with Fastify. */
export const startOnFastify: StartAdapterApplication = async (options) => {
  const { App, connect } = anApplication(options);
  const platform = new FastifyAdapter({ trustProxy: options.isBehindProxy && "loopback", forceCloseConnections: true });
  const app = await NestFactory.create<NestFastifyApplication>(App, platform, { logger: false, bodyParser: false });
  const fastify = platform.getInstance();
  // Bodies as the suite sends them: handlers read the stream.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
  return serve(app, connect);
};

async function serve<App extends INestApplication>(
  app: App,
  connect: (app: App) => Promise<void>,
): Promise<AdapterApplication> {
  await connect(app);
  app.useGlobalFilters(new SessionErrors(app.getHttpAdapter()));
  await app.listen(0, "127.0.0.1");
  return { origin: await app.getUrl(), close: () => app.close() };
}

/** The library's errors as the suite expects them; all others are Nest's to answer. */
@Catch()
class SessionErrors extends BaseExceptionFilter {
  override catch(thrown: unknown, host: ArgumentsHost): void {
    // What a middleware throws is an HttpException to Nest, where its status is below 500.
    const error = thrown instanceof HttpException ? thrown.cause : thrown;
    if (error instanceof SojournError) {
      host.switchToHttp().getResponse().status(error.status).send({ error: error.code });
    } else super.catch(thrown, host);
  }
}

type Current = SessionOf<SessionManager<Data>>;
interface Platform {
  readonly raw?: unknown;
  header(name: string, value: string): unknown;
}
type Reply = Platform & { hijack?(): unknown };

/** Node's own request and response, on either platform. */
const rawOf = <Raw>(given: object) => ("raw" in given ? given.raw : given) as Raw;

function anApplication({ manager }: AdapterApplicationOptions) {
  const sessions = nestSessions(manager, { isPolling: ({ originalUrl }) => originalUrl === "/poll" });
  const CurrentSession = createParamDecorator(sessions.inContext);
  const Text = createParamDecorator((_data, context: ExecutionContext) =>
    text(rawOf<IncomingMessage>(context.switchToHttp().getRequest())),
  );
  const Incoming = createParamDecorator((_data, context: ExecutionContext) =>
    rawOf<IncomingMessage>(context.switchToHttp().getRequest()),
  );
  /** The session as it is when the handler is done: another one after a login. */
  const Requested = createParamDecorator((_data, context: ExecutionContext): object =>
    context.switchToHttp().getRequest(),
  );

  @Controller()
  class Routes {
    @Get(["/me", "/poll"])
    me(@CurrentSession() session: Current) {
      return aboutMe(session);
    }

    @Get("/public")
    @Header("Cache-Control", "public, max-age=60")
    @Header("Vary", "Accept-Encoding")
    forEverybody() {
      return "hello";
    }

    @Get("/csrf-token")
    csrfToken(@CurrentSession() session: Current) {
      return session.csrfToken();
    }

    @Get("/failing")
    failing() {
      throw new Error("The handler failed");
    }

    @Post("/count")
    @HttpCode(204)
    count(@CurrentSession() session: Current) {
      return addOne(session);
    }

    @Post("/slow")
    @HttpCode(204)
    async slow(@CurrentSession() session: Current, @Text() _body: string) {
      await addOne(session);
    }

    @Post("/echo")
    @HttpCode(200)
    echo(@Incoming() incoming: IncomingMessage) {
      return new StreamableFile(incoming);
    }

    @Post("/confirm")
    @HttpCode(204)
    confirm(@CurrentSession() session: Current) {
      return stepUp(session);
    }

    @Post("/logout")
    @HttpCode(204)
    logout(@CurrentSession() session: Current) {
      return session.end();
    }

    @Post("/login")
    @HttpCode(204)
    async logIn(@CurrentSession() session: Current, @Text() user: string, @Requested() request: object) {
      await logIn(session, user);
      if (sessions.of(request).kind !== "authenticated") throw new Error("The request goes on with the old session");
    }

    @Post("/login/redirect")
    @Redirect("/me", 303)
    async logInAndGoOn(@CurrentSession() session: Current, @Text() user: string) {
      await logIn(session, user);
    }

    @Post("/login/dressed")
    @HttpCode(204)
    async logInDressed(
      @CurrentSession() session: Current,
      @Text() user: string,
      @Res({ passthrough: true }) response: Platform,
    ) {
      response.header("Cache-Control", "public");
      response.header("Vary", "Accept-Encoding");
      response.header("Set-Cookie", "theme=dark; Path=/");
      await logIn(session, user);
      response.header("Cache-Control", "public, max-age=60");
    }

    @Post("/login/failing")
    async logInAndFail(@CurrentSession() session: Current, @Text() user: string) {
      await logIn(session, user);
      throw new Error("The handler failed");
    }

    @Post("/login/late")
    async logInLate(@CurrentSession() session: Current, @Text() user: string, @Res() reply: Reply) {
      reply.hijack?.();
      const response = rawOf<ServerResponse>(reply);
      response.statusCode = 200;
      response.flushHeaders();
      response.end(await codeMetBy(() => logIn(session, user)));
    }

    @All("*")
    @HttpCode(200)
    @UseGuards(sessions.requireFresh({ within: "5m", at: "/confirm" }))
    sensitive() {
      return "done";
    }
  }

  @Module({ controllers: [Routes] })
  class App {}

  return { App, connect: sessions.connect };
}
