/*
 * Every script has one key, so that it runs on a Cluster without hash tags. `PUBLISH` needs no key there: the Cluster's
 * nodes hand a message on to each other. An empty channel: nothing is published.
 */

/** How long a claim stands: longer than the rest of an insert takes, short enough to give the id back if it fails. */
const claimMilliseconds = 10_000;
/** How long a removal sent a second time is recognised. Until then its tombstone takes about 100 bytes. */
const tombstoneMilliseconds = 30_000;

/** Redis forgets a key once the time it is given has passed, a row may be forgotten from `expiresAt` on. */
const lastMillisecond = (expiresAt: string) => `math.max(1, ${expiresAt} - 1)`;

/** Takes a free id. Arguments: the claim. 1: it is ours. */
export const claimScript = `
local value = redis.call('GET', KEYS[1])
if value == ARGV[1] then return 1 end
if value and string.sub(value, 1, 1) ~= '-' then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ${claimMilliseconds})
return 1`;

/** Puts the row where our claim is. Arguments: the claim, the row, expiresAt. 1: stored, now or by an earlier sending. */
export const insertScript = `
local value = redis.call('GET', KEYS[1])
if value == ARGV[2] then return 1 end
if value ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PXAT', ${lastMillisecond("ARGV[3]")})
return 1`;

/**
 * Compare and set. Arguments: the version it is based on, the next one, expiresAt, all as they are written; stamp, body,
 * channel, message; expiresAt in decimal. Answers indexUntil as it is written, user id and ref, for the index; nothing if
 * another version is stored, or none.
 */
export const updateScript = `
local value = redis.call('GET', KEYS[1])
if not value then return false end
local version, indexUntil, stamp, userId, ref =
  string.match(value, '^(%w+)%z%w+%z(%w+)%z([^%z]*)%z([^%z]*)%z([^%z]*)%z')
if not version then return false end
if stamp ~= ARGV[4] then
  if version ~= ARGV[1] then return false end
  local row = table.concat({ ARGV[2], ARGV[3], indexUntil, ARGV[4], userId, ref, ARGV[5] }, '\\0')
  redis.call('SET', KEYS[1], row, 'PXAT', ${lastMillisecond("ARGV[8]")})
  if ARGV[6] ~= '' then redis.call('PUBLISH', ARGV[6], ARGV[7]) end
end
return { indexUntil, userId, ref }`;

/**
 * Removes whatever is there. Arguments: the tombstone, channel, message. Answers 1 if this call removed a row, with its
 * user id and ref. Something is written in any case: it is what replicas then confirm. A server out of memory refuses the
 * tombstone, and must not refuse the removal.
 */
export const removeScript = `
local value = redis.call('GET', KEYS[1])
if not value or string.find(value, '^[?-]') then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ${tombstoneMilliseconds})
  return { value == ARGV[1] and 1 or 0, '', '' }
end
redis.call('DEL', KEYS[1])
redis.pcall('SET', KEYS[1], ARGV[1], 'PX', ${tombstoneMilliseconds})
if ARGV[2] ~= '' then redis.call('PUBLISH', ARGV[2], ARGV[3]) end
local userId, ref = string.match(value, '^%w+%z%w+%z%w+%z[^%z]*%z([^%z]*)%z([^%z]*)%z')
return { 1, userId or '', ref or '' }`;

/**
 * Writes what changes nothing, so that replicas have something to confirm: with it, all that was written before. Argument:
 * a tombstone, for where nothing is.
 */
export const confirmScript = `
local value = redis.call('GET', KEYS[1])
if value then
  redis.call('SET', KEYS[1], value, 'KEEPTTL')
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ${tombstoneMilliseconds})
end
return 1`;

const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** Nodes of a Cluster have clocks of their own: an entry outlives its bound by this much, and so its row on any node. */
const slack = 60_000;
const prune = `${now}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ${slack})`;

/** Names a session in an index. Arguments: indexUntil, which a row never changes, and id. The key's end never moves nearer. */
export const indexScript = `${prune}
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
local ends = ARGV[1] + ${slack}
if redis.call('PTTL', KEYS[1]) < ends - now then
  redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', ends))
end
return 1`;

/** The ids in an index. By score only: whether a row exists says nothing about one that is just being inserted. */
export const idsScript = `${prune}
return redis.call('ZRANGE', KEYS[1], 0, -1)`;
