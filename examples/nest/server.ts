import "reflect-metadata";
import { Body, Controller, createParamDecorator, Get, Module, Post, Redirect, UseGuards } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { createSessionManager } from "sojourn";
import { memoryStore } from "sojourn/memory";
import { nestSessions, type SessionOf } from "sojourn/nest";

const manager = createSessionManager<{ language: string }>({
  store: memoryStore(),
  origins: ["http://localhost:3000"],
});
const sessions = nestSessions(manager);
const Current = createParamDecorator(sessions.inContext);
type Current = SessionOf<typeof manager>;

@Controller()
class Pages {
  @Get("/login")
  page() {
    return `<form method="post"><input name="name"><input name="password" type="password"><button>Log in</button></form>`;
  }

  @Post("/login")
  @Redirect("/", 303)
  async logIn(@Current() session: Current, @Body("name") name?: string, @Body("password") password?: string) {
    const userId = await userWith(name, password);
    if (userId === null) return { url: "/login" };
    await session.authenticate({ id: userId, keep: ["language"] });
    return { url: "/" };
  }

  @Get("/")
  @UseGuards(sessions.requireUser({ at: "/login" }))
  greet(@Current() session: Current) {
    return `Hello, ${session.userId}`;
  }

  @Post("/logout")
  @Redirect("/login", 303)
  async logOut(@Current() session: Current) {
    await session.end();
  }
}

@Module({ controllers: [Pages] })
class App {}

const app = await NestFactory.create(App, { logger: ["error"] });
await sessions.connect(app); // on Fastify the same
await app.listen(process.env.PORT ?? 3000, "127.0.0.1");
console.log(`serving ${await app.getUrl()}`);

/** Yours: look the user up and compare with a stored hash. */
async function userWith(name?: string, password?: string): Promise<string | null> {
  return name === "alice" && password === "correct horse" ? "alice" : null;
}
