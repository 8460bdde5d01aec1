import * as has from "../mechanisms.ts";
import { application, type Standard, when } from "../requirement.ts";

const encrypted = when(
  (settings) => has.onlyOverTls(settings).answer === "met",
  application("Tokens are refused over plain HTTP; TLS versions, ciphers and the rest of the traffic are deployment."),
  has.onlyOverTls,
);

/** PCI DSS 4.0.1, as far as it touches sessions. */
export const pci: Standard = {
  name: "PCI DSS 4.0.1",
  requirements: [
    ["PCI-8.2.8", "After 15 minutes of inactivity at most, the user authenticates again", has.idleStated],
    [
      "PCI-6.2.4",
      "Software is engineered against common attacks, CSRF and XSS among them",
      application("The guard refuses cross-site requests and scripts cannot read the cookie; the rest is your code."),
    ],
    ["PCI-8.2.5", "Access of terminated users ends at once", has.revokeWhenDisabled],
    [
      "PCI-8.2.6",
      "Accounts inactive for 90 days are removed or disabled",
      application("Accounts are the application's; then `manager.revokeAll(userId)`."),
    ],
    [
      "PCI-8.3.1",
      "All access is authenticated",
      application("Ask `session.kind` before serving; it is a compile error to forget."),
    ],
    [
      "PCI-8.3.2",
      "Factors are unreadable in transit and storage",
      application("Passwords are yours. Of session secrets only SHA-256 is stored, and none travels in clear."),
    ],
    ["PCI-8.3.3", "Identity is verified before a factor is changed", has.askAgain],
    [
      "PCI-8.3.4",
      "Lockout after 10 invalid attempts at most, for 30 minutes or until identity is confirmed",
      application("Limit attempts at your login."),
    ],
    [
      "PCI-8.3.9",
      "A password as the only factor is changed every 90 days, or access is analysed",
      application("Passwords are the application's."),
    ],
    [
      "PCI-8.4",
      "Multi-factor authentication into the cardholder data environment",
      application("Pass the level to `authenticate`; demand it with `requireFresh({ within, level })`."),
    ],
    [
      "PCI-8.5.1",
      "Multi-factor authentication resists replay and bypass",
      application("Log in only after all factors; keep the half-done login in an anonymous session, with `take`."),
    ],
    ["PCI-4.2.1", "Strong cryptography over public networks", encrypted],
    ["PCI-10.2.1.4", "Invalid attempts at access are logged", has.keepEvents],
    ["PCI-10.2.1.5", "Changes of credentials and of privilege are logged", has.keepEvents],
    [
      "PCI-10.5.1",
      "Audit logs are kept for 12 months, 3 of them at hand",
      application("The log is the application's."),
    ],
    ["PCI-scope", "Requirement 8 leaves out cardholders' own accounts", application("Know which users are in scope.")],
  ],
};
