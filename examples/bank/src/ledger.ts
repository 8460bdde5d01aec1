import { randomInt } from "node:crypto";
import type { Clock } from "sojourn";
import { type Database, transaction } from "./database.ts";
import type { Cents } from "./money.ts";

export interface Account {
  /** Eight digits. */
  readonly number: string;
  readonly balance: Cents;
}

export interface Order {
  /** Drawn with the form: the same form sent twice is one transfer. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly cents: Cents;
  readonly message: string;
}

export type TransferOutcome = "made" | "made-before" | "insufficient" | "no-such-account" | "own-account";

/** One line of a statement, as its reader sees it: `cents` is negative where money left. */
export interface Entry {
  readonly id: string;
  readonly cents: Cents;
  readonly otherNumber: string;
  /** `null` once that account is closed. */
  readonly otherName: string | null;
  readonly message: string;
  readonly madeAt: number;
}

export interface Ledger {
  openAccount(customerId: string): void;
  accountOf(customerId: string): Account;
  /** Moves money: both balances and the record of it, or nothing. */
  transfer(order: Order): TransferOutcome;
  /** The latest transfers of an account, the newest first. */
  entriesOf(number: string, limit: number): readonly Entry[];
  /** One transfer, for one of its two sides; `null` for anybody else. */
  entryOf(number: string, transferId: string): Entry | null;
}

/** What a new account starts with. */
const welcomeGift: Cents = 100_000;

const entries = `
  SELECT transfers.id, message, made_at AS madeAt, other.number AS otherNumber, customers.name AS otherName,
         CASE WHEN sender = mine.number THEN -cents ELSE cents END AS cents
  FROM accounts AS mine
  JOIN transfers ON mine.number IN (sender, recipient)
  JOIN accounts AS other ON other.number = CASE WHEN sender = mine.number THEN recipient ELSE sender END
  LEFT JOIN customers ON customers.id = other.customer_id
  WHERE mine.number = ?`;

export function createLedger(db: Database, clock: Clock): Ledger {
  const statements = {
    open: db.prepare("INSERT INTO accounts (number, customer_id, balance) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"),
    account: db.prepare("SELECT number, balance FROM accounts WHERE customer_id = ?"),
    isOpen: db.prepare("SELECT 1 FROM accounts WHERE number = ? AND customer_id IS NOT NULL"),
    known: db.prepare("SELECT 1 FROM transfers WHERE id = ?"),
    debit: db.prepare("UPDATE accounts SET balance = balance - ? WHERE number = ? AND balance >= ?"),
    credit: db.prepare("UPDATE accounts SET balance = balance + ? WHERE number = ?"),
    record: db.prepare(
      "INSERT INTO transfers (id, sender, recipient, cents, message, made_at) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    entries: db.prepare(`${entries} ORDER BY made_at DESC, transfers.rowid DESC LIMIT ?`),
    entry: db.prepare(`${entries} AND transfers.id = ?`),
  };

  return {
    openAccount(customerId) {
      // Nine in ten million are taken at most; a second draw is already rare.
      while (Number(statements.open.run(newNumber(), customerId, welcomeGift).changes) === 0);
    },
    accountOf: (customerId) => statements.account.get(customerId) as Account,
    transfer: ({ id, from, to, cents, message }) =>
      transaction(db, () => {
        if (statements.known.get(id)) return "made-before";
        if (from === to) return "own-account";
        if (!statements.isOpen.get(to)) return "no-such-account";
        if (Number(statements.debit.run(cents, from, cents).changes) === 0) return "insufficient";
        statements.credit.run(cents, to);
        statements.record.run(id, from, to, cents, message, clock.now());
        return "made";
      }),
    entriesOf: (number, limit) => statements.entries.all(number, limit) as Entry[],
    entryOf: (number, transferId) => (statements.entry.get(number, transferId) as Entry | undefined) ?? null,
  };
}

function newNumber(): string {
  return String(randomInt(10_000_000, 100_000_000));
}

/** `12345678` becomes `1234 5678`, as people read it. */
export function formatAccountNumber(number: string): string {
  return `${number.slice(0, 4)} ${number.slice(4)}`;
}

/** Reads an account number with or without spaces and hyphens; `null` for anything else. */
export function parseAccountNumber(text: string): string | null {
  const digits = text.replaceAll(/[\s-]/g, "");
  return /^\d{8}$/.test(digits) ? digits : null;
}
