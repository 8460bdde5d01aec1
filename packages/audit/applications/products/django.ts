import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { defineAudit, form, get, link } from "../../src/index.ts";
import { type Application, people } from "../support/application.ts";
import { upstreamVersion } from "../support/debian.ts";
import { start } from "../support/start.ts";

const run = promisify(execFile);
/** Debian's own: another Python before it on the PATH would not have Debian's Django. */
const python = "/usr/bin/python3";

const settings = `import os
SECRET_KEY = os.urandom(32).hex()
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "audit.sqlite3", "OPTIONS": {"timeout": 30}}}
INSTALLED_APPS = ["django.contrib." + name for name in ["admin", "auth", "contenttypes", "sessions", "messages"]]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
    "context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                           "django.contrib.messages.context_processors.messages"]}}]
`;
const urls = `from django.contrib import admin
from django.urls import path
urlpatterns = [path("admin/", admin.site.urls)]
`;
const users = `from django.contrib.auth.models import User
${Object.values(people)
  .map(({ name, password }) => `User.objects.create_superuser("${name}", "${name}@example.test", "${password}")`)
  .join("\n")}
`;

export const django: Application = {
  name: "django",
  product: "Django's admin",
  version: () => upstreamVersion("python3-django"),
  language: "Python",
  configuration:
    "the middleware of startproject, sessions in SQLite, no setting of cookies changed; runserver, plain http on loopback",

  async start(folder, port) {
    await writeFile(join(folder, "settings.py"), settings);
    await writeFile(join(folder, "urls.py"), urls);
    await writeFile(join(folder, "users.py"), users);
    const env = { DJANGO_SETTINGS_MODULE: "settings", PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: "1" };
    const manage = (command: string) =>
      run("/bin/sh", ["-c", `${python} -m django ${command}`], { cwd: folder, env: { ...process.env, ...env } });
    await manage("migrate --verbosity 0");
    await manage("shell < users.py");
    return start({
      program: python,
      parameters: ["-m", "django", "runserver", "--noreload", `127.0.0.1:${port}`],
      cwd: folder,
      env,
      url: `http://127.0.0.1:${port}/admin/login/`,
    });
  },

  file: (target) =>
    defineAudit({
      target,
      users: people,
      whoami: {
        request: get("/admin/"),
        signedIn: { status: 200, text: "<strong>$user.name</strong>" },
        signedOut: { status: 302, location: "/admin/login/" },
      },
      login: form("/admin/login/", { username: "$user.name", password: "$user.password" }),
      logout: link("Log out", { on: "/admin/" }),
      actions: {
        change: {
          do: form("/admin/auth/group/add/", { name: "$random" }),
          seenAt: { request: get("/admin/auth/group/") },
        },
        password: {
          do: form("/admin/password_change/", {
            old_password: "$user.password",
            new_password1: "$user.newPassword",
            new_password2: "$user.newPassword",
          }),
          restore: form("/admin/password_change/", {
            old_password: "$user.newPassword",
            new_password1: "$user.password",
            new_password2: "$user.password",
          }),
        },
      },
      expect: { absolute: "14d" },
    }),
};
