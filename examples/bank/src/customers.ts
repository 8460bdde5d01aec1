import { randomUUID } from "node:crypto";
import { type Database, transaction } from "./database.ts";
import type { Ledger } from "./ledger.ts";

/** Somebody who banks here. */
export interface Customer {
  /** Random and opaque; sessions know the customer by it. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly passwordHash: string;
}

export interface Customers {
  byId(id: string): Customer | null;
  byEmail(email: string): Customer | null;
  /** Opens an account with it; `null` if the address belongs to somebody already. */
  create(details: Omit<Customer, "id">): Customer | null;
  /** `false` if the address belongs to somebody else. */
  changeEmail(id: string, email: string): boolean;
  changePassword(id: string, passwordHash: string): void;
  /** The account stays, closed, because other people's transfers name it. */
  remove(id: string): void;
}

const columns = "id, name, email, password_hash AS passwordHash";

export function createCustomers(db: Database, ledger: Ledger): Customers {
  const statements = {
    byId: db.prepare(`SELECT ${columns} FROM customers WHERE id = ?`),
    byEmail: db.prepare(`SELECT ${columns} FROM customers WHERE email = ?`),
    insert: db.prepare("INSERT INTO customers (id, name, email, password_hash) VALUES (?, ?, ?, ?)"),
    email: db.prepare("UPDATE customers SET email = ? WHERE id = ?"),
    password: db.prepare("UPDATE customers SET password_hash = ? WHERE id = ?"),
    remove: db.prepare("DELETE FROM customers WHERE id = ?"),
  };

  function byEmail(email: string): Customer | null {
    return (statements.byEmail.get(email) as Customer | undefined) ?? null;
  }

  return {
    byId: (id) => (statements.byId.get(id) as Customer | undefined) ?? null,
    byEmail,
    create(details) {
      return transaction(db, () => {
        if (byEmail(details.email)) return null;
        const customer = { id: randomUUID(), ...details };
        statements.insert.run(customer.id, customer.name, customer.email, customer.passwordHash);
        ledger.openAccount(customer.id);
        return customer;
      });
    },
    changeEmail(id, email) {
      return transaction(db, () => {
        const owner = byEmail(email);
        if (owner && owner.id !== id) return false;
        statements.email.run(email, id);
        return true;
      });
    },
    changePassword: (id, passwordHash) => void statements.password.run(passwordHash, id),
    remove: (id) => void statements.remove.run(id),
  };
}
