/** The look of the report, light and dark. Contrast is at least 4.5 to 1 in both. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #d0d7de; --card: #f6f8fa;
  --red: #b3261e; --amber: #8a5300; --green: #1a6b34; --blue: #0b57a4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --soft: #9aa6b2; --line: #30363d;
  --card: #161b22; --red: #ff8f86; --amber: #f0b257; --green: #6fd08c; --blue: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0; display: inline; }
.soft { color: var(--soft); } .verdict { font-size: 1.1rem; font-weight: 600; }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; padding: 0; margin: 1.25rem 0; list-style: none; }
.tiles li { flex: 1 1 8.2rem; padding: .6rem .9rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.2; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 1rem 0; }
dt { color: var(--soft); } dd { margin: 0; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .6rem 0; background: var(--card); }
summary { padding: .7rem .9rem; cursor: pointer; } summary:focus-visible, .scroll:focus-visible { outline: 3px solid var(--blue); border-radius: .5rem; }
.inside { padding: 0 .9rem .9rem; }
.tag { display: inline-block; min-width: 5.2rem; font-weight: 700; font-size: .8rem; text-transform: uppercase; letter-spacing: .03em; }
.critical, .high, .fail { color: var(--red); } .medium, .low, .inconclusive { color: var(--amber); } .pass { color: var(--green); }
.info, .not-run { color: var(--soft); }
ol.timeline { list-style: none; margin: 1rem 0 0; padding: 0 0 0 1rem; border-left: 3px solid var(--line); }
.timeline li { position: relative; margin: 0 0 .5rem; padding-left: .5rem; }
.timeline li::before { content: ""; position: absolute; left: -1.42rem; top: .5rem; width: .7rem; height: .7rem; border-radius: 50%; background: var(--soft); }
.timeline li.decisive::before { background: var(--red); } .decisive > details { border-color: var(--red); border-width: 2px; }
.timeline summary { padding: .35rem .6rem; font-family: ui-monospace, monospace; font-size: .85rem; }
pre { margin: 0; padding: .6rem; overflow-x: auto; white-space: pre-wrap; font: .8rem/1.45 ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; } .scroll { overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
.standards th, .standards span, .checks thead th, .checks td:nth-child(2) { white-space: nowrap; }
.checks .soft { font-weight: 400; }
caption { text-align: left; font-weight: 600; padding: 1rem 0 .4rem; }
@media (max-width: 32rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
@media print { details { break-inside: avoid; } }
`;
