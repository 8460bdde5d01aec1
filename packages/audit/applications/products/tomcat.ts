import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineAudit, form, get } from "../../src/index.ts";
import { type Application, people } from "../support/application.ts";
import { upstreamVersion } from "../support/debian.ts";
import { start } from "../support/start.ts";

const page = "/examples/jsp/security/protected/index.jsp";

const server = (port: number): string => `<?xml version="1.0"?>
<Server port="-1">
  <GlobalNamingResources>
    <Resource name="UserDatabase" auth="Container" type="org.apache.catalina.UserDatabase" pathname="conf/tomcat-users.xml"
      factory="org.apache.catalina.users.MemoryUserDatabaseFactory"/>
  </GlobalNamingResources>
  <Service name="Catalina">
    <Connector port="${port}" address="127.0.0.1" protocol="HTTP/1.1"/>
    <Engine name="Catalina" defaultHost="localhost">
      <Realm className="org.apache.catalina.realm.UserDatabaseRealm" resourceName="UserDatabase"/>
      <Host name="localhost" appBase="webapps" unpackWARs="false" autoDeploy="false"/>
    </Engine>
  </Service>
</Server>
`;
/** The two servlets of Tomcat's own default, and its 30 minutes. */
const servlets = `<?xml version="1.0"?>
<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
  <servlet><servlet-name>default</servlet-name>
    <servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class></servlet>
  <servlet><servlet-name>jsp</servlet-name><servlet-class>org.apache.jasper.servlet.JspServlet</servlet-class></servlet>
  <servlet-mapping><servlet-name>default</servlet-name><url-pattern>/</url-pattern></servlet-mapping>
  <servlet-mapping><servlet-name>jsp</servlet-name><url-pattern>*.jsp</url-pattern></servlet-mapping>
  <session-config><session-timeout>30</session-timeout></session-config>
</web-app>
`;
const users = `<tomcat-users>
  <role rolename="tomcat"/>
${Object.values(people)
  .map(({ name, password }) => `  <user username="${name}" password="${password}" roles="tomcat"/>`)
  .join("\n")}
</tomcat-users>
`;

export const tomcat: Application = {
  name: "tomcat",
  product: "Tomcat's examples",
  version: () => upstreamVersion("tomcat10-examples"),
  language: "Java",
  configuration: "the examples as they come, behind their form login, two users in a file; plain http on loopback",

  async start(folder, port) {
    for (const name of ["conf", "logs", "temp", "webapps", "work"]) await mkdir(join(folder, name));
    await cp("/usr/share/tomcat10-examples/examples", join(folder, "webapps", "examples"), { recursive: true });
    await writeFile(join(folder, "conf", "web.xml"), servlets);
    await writeFile(join(folder, "conf", "server.xml"), server(port));
    await writeFile(join(folder, "conf", "tomcat-users.xml"), users);
    return start({
      program: "/usr/share/tomcat10/bin/catalina.sh",
      parameters: ["run"],
      env: { CATALINA_HOME: "/usr/share/tomcat10", CATALINA_BASE: folder, JAVA_OPTS: "-Xmx256m" },
      url: `http://127.0.0.1:${port}${page}`,
    });
  },

  file: (target) =>
    defineAudit({
      target,
      users: people,
      whoami: {
        request: get(page),
        signedIn: { status: 200, text: "<b>$user.name</b>" },
        signedOut: { status: 200, text: "j_security_check" },
      },
      login: form(page, { j_username: "$user.name", j_password: "$user.password" }),
      logout: get(`${page}?logoff=true`),
      actions: {
        change: {
          do: form("/examples/servlets/servlet/SessionExample", { dataname: "audit", datavalue: "$random" }),
          seenAt: { request: get("/examples/servlets/servlet/SessionExample") },
        },
      },
      expect: { idle: "30m" },
    }),
};
