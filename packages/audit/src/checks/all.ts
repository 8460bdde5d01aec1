import type { Check } from "../run/check.ts";
import { bindChecks } from "./bind.ts";
import { cacheChecks } from "./cache.ts";
import { concChecks } from "./conc.ts";
import { effectChecks } from "./conc-effects.ts";
import { cookChecks } from "./cook.ts";
import { moreCookChecks } from "./cook-more.ts";
import { credChecks } from "./cred.ts";
import { csrfChecks } from "./csrf.ts";
import { moreCsrfChecks } from "./csrf-more.ts";
import { endChecks } from "./end.ts";
import { elsewhereChecks } from "./end-elsewhere.ts";
import { fixChecks } from "./fix.ts";
import { moreFixChecks } from "./fix-more.ts";
import { unverified } from "./jwt.ts";
import { stepChecks } from "./step.ts";
import { timeChecks } from "./time.ts";
import { tlsChecks } from "./tls.ts";
import { tokChecks } from "./tok.ts";

/** Every check, in the order in which they run: those that use other checks' tokens, and those that let time pass, last. */
export const allChecks: readonly Check[] = [
  ...credChecks,
  ...cookChecks,
  ...moreCookChecks,
  ...tlsChecks,
  ...fixChecks,
  ...moreFixChecks,
  ...endChecks,
  ...elsewhereChecks,
  ...csrfChecks,
  ...moreCsrfChecks,
  ...cacheChecks,
  ...concChecks,
  ...effectChecks,
  ...bindChecks,
  ...tokChecks,
  ...stepChecks,
  unverified,
  ...timeChecks,
];
