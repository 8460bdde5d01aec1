/** How the benchmark opens its SQLite file, and the suites theirs: what is fast there is right here. */
export const measuredSettings = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA wal_autocheckpoint = 250;
  PRAGMA cache_size = -65536;
  PRAGMA mmap_size = 1073741824;
`;
