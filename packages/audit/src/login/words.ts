/* What applications call the way in and the way out. */

export const saysLogIn = /log\s?-?in|sign\s?-?in|anmelden/i;
export const saysLogOut = /log\s?-?out|sign\s?-?out|log\s?-?off|abmelden/i;
