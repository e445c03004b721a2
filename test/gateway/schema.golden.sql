-- What a system handed over, whole. The same bytes from the same system are one source.
CREATE TABLE sources (
  id TEXT PRIMARY KEY,
  system TEXT NOT NULL,
  document TEXT NOT NULL,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size BIGINT NOT NULL,
  bytes BLOB,              -- NULL: kept with the attachments, under sha256
  received_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sources_once ON sources (system, document, sha256);

CREATE TABLE envelopes (
  message_id TEXT PRIMARY KEY,
  content TEXT NOT NULL,      -- letter | receive | accept | reject | invalid | dispute | recall
  sender TEXT NOT NULL,
  digest TEXT NOT NULL,
  bytes BLOB NOT NULL,
  source_id TEXT REFERENCES sources (id),
  position TEXT,              -- where in the source
  handover TEXT,              -- of which handing-over, where one may be offered again
  committed_at BIGINT NOT NULL
);
CREATE INDEX envelopes_of_source ON envelopes (source_id);
CREATE UNIQUE INDEX envelopes_of_handover ON envelopes (handover, position) WHERE handover IS NOT NULL;

-- A letter as one of its recipients has it.
CREATE TABLE letters (
  message_id TEXT NOT NULL REFERENCES envelopes (message_id),
  recipient TEXT NOT NULL,
  sender TEXT NOT NULL,
  number TEXT NOT NULL,       -- normalised
  date TEXT NOT NULL,
  natural_key TEXT NOT NULL,
  content_digest TEXT NOT NULL,
  urgency TEXT NOT NULL,
  secrecy TEXT NOT NULL,
  state TEXT NOT NULL,
  receive_number TEXT,
  live INTEGER NOT NULL,      -- 0 once recalled: its natural key is free again
  committed_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (message_id, recipient)
);
CREATE UNIQUE INDEX letters_natural_key ON letters (natural_key) WHERE live = 1;
CREATE INDEX letters_received ON letters (recipient, number);
CREATE INDEX letters_sent ON letters (sender, number);
CREATE INDEX letters_newest ON letters (committed_at);
CREATE INDEX letters_newest_sent ON letters (sender, committed_at);

CREATE TABLE notices (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE REFERENCES envelopes (message_id),
  kind TEXT NOT NULL,
  about TEXT NOT NULL,        -- the letter's message id
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  receive_number TEXT,
  committed_at BIGINT NOT NULL
);
CREATE INDEX notices_about ON notices (about, sender);

-- Signed answers to single envelopes (design §5.2): ours to others ('given'), others' to us ('got').
CREATE TABLE receipts (
  about TEXT NOT NULL,        -- the envelope's message id
  about_digest TEXT NOT NULL, -- and its digest: another envelope under that id gets no receipt of this one
  direction TEXT NOT NULL,
  office TEXT NOT NULL,
  digest TEXT NOT NULL,
  bytes BLOB NOT NULL,
  committed_at BIGINT NOT NULL,
  PRIMARY KEY (about, direction, office)
);

CREATE TABLE deliveries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  message_id TEXT NOT NULL REFERENCES envelopes (message_id),
  office TEXT NOT NULL,
  mode TEXT NOT NULL,         -- push | poll
  state TEXT NOT NULL,
  lane TEXT NOT NULL,         -- deliveries of one lane go one after the other
  priority INTEGER NOT NULL,  -- 1 ordinary … 4 most urgent
  due_at BIGINT NOT NULL,
  rank BIGINT NOT NULL,       -- due_at less the head start of its priority: the order in which an office is served
  deadline BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  open INTEGER NOT NULL,      -- 1 until it is settled
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX deliveries_once ON deliveries (message_id, office);
CREATE INDEX deliveries_due ON deliveries (office, rank) WHERE open = 1;
CREATE INDEX deliveries_waiting ON deliveries (office, seq) WHERE open = 1;
CREATE INDEX deliveries_lane ON deliveries (lane, seq) WHERE open = 1;

CREATE TABLE attempts (
  delivery_id TEXT NOT NULL REFERENCES deliveries (id),
  number INTEGER NOT NULL,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,            -- NULL: under way, or interrupted
  outcome TEXT,
  problem TEXT,
  said TEXT,
  PRIMARY KEY (delivery_id, number)
);

CREATE TABLE quarantine (
  id TEXT PRIMARY KEY,
  source_id TEXT NOT NULL REFERENCES sources (id),
  position TEXT NOT NULL,
  problems TEXT NOT NULL,     -- JSON
  at BIGINT NOT NULL
);
CREATE UNIQUE INDEX quarantine_once ON quarantine (source_id, position);

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at BIGINT NOT NULL,
  name TEXT NOT NULL,
  message_id TEXT,
  office TEXT,
  source_id TEXT,
  facts TEXT NOT NULL         -- JSON: ids, counts and codes, never letter text
);
CREATE INDEX events_of_letter ON events (message_id);
CREATE INDEX events_of_source ON events (source_id);

-- next step

-- Why an attempt was refused, whole: JSON with the problem's path, value and details. NULL: its code says it all.
ALTER TABLE attempts ADD COLUMN details TEXT;

-- The letter's number, normalised, where it could be read.
ALTER TABLE quarantine ADD COLUMN number TEXT;
CREATE INDEX quarantine_number ON quarantine (number) WHERE number IS NOT NULL;

CREATE INDEX deliveries_failed ON deliveries (message_id) WHERE state IN ('refused', 'given-up');

-- What is so at present, for whoever reads beside the gateway. A row goes when it is over; a start begins anew.
CREATE TABLE present (
  kind TEXT NOT NULL,         -- waiting | trouble | breaker
  subject TEXT NOT NULL,      -- the system, or of a breaker the office
  what TEXT NOT NULL,         -- the handing-over that waits, the place that cannot be read
  since BIGINT NOT NULL,
  facts TEXT NOT NULL,        -- JSON
  PRIMARY KEY (kind, subject, what)
);

-- next step

-- Bytes that were written for systems: the same ones are kept once, however often they are brought.
CREATE TABLE documents (
  sha256 TEXT PRIMARY KEY,
  size BIGINT NOT NULL,
  bytes BLOB               -- NULL: kept with the attachments, under sha256
);

-- What a system was about to be handed, recorded before the first byte left, whatever became of it then.
CREATE TABLE handed (
  delivery_id TEXT NOT NULL REFERENCES deliveries (id),
  attempt INTEGER NOT NULL,   -- of a system that polls 1, however often it looks
  digest TEXT NOT NULL,       -- of all of it: the document, its media type, its files
  sha256 TEXT NOT NULL REFERENCES documents (sha256),
  media_type TEXT NOT NULL,
  extension TEXT NOT NULL,
  files TEXT NOT NULL,        -- JSON: name, media type, size and SHA-256 of each
  at BIGINT NOT NULL,
  PRIMARY KEY (delivery_id, attempt, digest)
);

-- What the other side answered, as it came; of a long answer the beginning.
ALTER TABLE attempts ADD COLUMN answer BLOB;

-- Files that came with a source of which something is in quarantine, by the names that the source has for them.
CREATE TABLE source_files (
  source_id TEXT NOT NULL REFERENCES sources (id),
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,       -- kept with the attachments
  size BIGINT NOT NULL,
  PRIMARY KEY (source_id, name)
);

-- A place in quarantine is read again as it was handed over, and stays in the list when it has left.
ALTER TABLE quarantine ADD COLUMN office TEXT;
ALTER TABLE quarantine ADD COLUMN handover TEXT;            -- as in envelopes
ALTER TABLE quarantine ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0;     -- 1: whether its office sent it at all is not proved
ALTER TABLE quarantine ADD COLUMN understood TEXT;          -- JSON: what was read before the fault; NULL: nothing
ALTER TABLE quarantine ADD COLUMN secrecy TEXT;             -- where it could be read
ALTER TABLE quarantine ADD COLUMN state TEXT NOT NULL DEFAULT 'waiting';  -- waiting | taken | dismissed
ALTER TABLE quarantine ADD COLUMN message_id TEXT;          -- of what was taken of it
ALTER TABLE quarantine ADD COLUMN changed_at BIGINT;
ALTER TABLE quarantine ADD COLUMN changed_by TEXT;
ALTER TABLE quarantine ADD COLUMN changed_why TEXT;
UPDATE quarantine SET office = (SELECT MIN(e.office) FROM events e WHERE e.source_id = quarantine.source_id);
CREATE INDEX quarantine_waiting ON quarantine (at) WHERE state = 'waiting';

-- What a person asked of the running gateway from beside it, and what it answered.
CREATE TABLE orders (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,         -- reload | retry
  facts TEXT NOT NULL,        -- JSON
  asked_at BIGINT NOT NULL,
  answer TEXT,                -- JSON; NULL: not carried out yet
  answered_at BIGINT
);
CREATE INDEX orders_open ON orders (seq) WHERE answered_at IS NULL;

-- next step

-- How long a delivery is tried and how soon it is expected to be through, in milliseconds from its making, or from when it
-- was put back. What was made before was tried for 72 hours, and nobody was told when it was late.
ALTER TABLE deliveries ADD COLUMN try_for BIGINT NOT NULL DEFAULT 259200000;
ALTER TABLE deliveries ADD COLUMN expected_in BIGINT;
ALTER TABLE deliveries ADD COLUMN expected_by BIGINT;
ALTER TABLE deliveries ADD COLUMN warn_at BIGINT;          -- when somebody is told of it next; NULL: not any more
CREATE INDEX deliveries_late ON deliveries (warn_at) WHERE open = 1 AND warn_at IS NOT NULL;

-- next step

-- The same document with other files beside it is another source. Only what is in quarantine keeps its files with it.
ALTER TABLE sources ADD COLUMN beside TEXT NOT NULL DEFAULT '';           -- digest of their names and digests; '': none
DROP INDEX sources_once;
CREATE UNIQUE INDEX sources_once ON sources (system, document, sha256, beside);
ALTER TABLE quarantine ADD COLUMN content_digest TEXT;      -- as in letters, of a letter that was read whole

-- next step

-- What somebody is to be told of: raised once, ended once. Of one thing at most one is raised.
CREATE TABLE alarms (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,      -- the office, the system, whose certificate
  level INTEGER NOT NULL,     -- the higher, the worse
  state TEXT NOT NULL,        -- raised | ended
  raised_at BIGINT NOT NULL,
  clear_since BIGINT,         -- raised, and its condition is over since; NULL: it is not
  ended_at BIGINT,
  facts TEXT NOT NULL         -- JSON: counts, times and codes, never letter text
);
CREATE UNIQUE INDEX alarms_raised ON alarms (kind, subject) WHERE state = 'raised';
CREATE INDEX alarms_ended ON alarms (kind, subject, ended_at);

-- What a hook is to be told of an alarm, until it was, or it is too old to be news.
CREATE TABLE alarm_tellings (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,    -- the same at every repetition
  alarm_id TEXT NOT NULL REFERENCES alarms (id),
  hook TEXT NOT NULL,
  body TEXT NOT NULL,         -- JSON
  at BIGINT NOT NULL,
  state TEXT NOT NULL,        -- due | told | given-up
  due_at BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  said TEXT                   -- why the last attempt failed
);
CREATE INDEX alarm_tellings_due ON alarm_tellings (due_at) WHERE state = 'due';
CREATE INDEX alarm_tellings_of ON alarm_tellings (alarm_id);

-- For the alarms: what is nearly late, and what was given up, of one office.
CREATE INDEX deliveries_nearly_late ON deliveries (office, (expected_by - expected_in / 4)) WHERE open = 1;
CREATE INDEX deliveries_given_up ON deliveries (office) WHERE state = 'given-up';

-- next step

-- Letters in every order in which they are listed: a list goes on from a key, however many letters there are.
DROP INDEX letters_newest;
DROP INDEX letters_newest_sent;
CREATE INDEX letters_by_time ON letters (committed_at, message_id, recipient);
CREATE INDEX letters_by_sender ON letters (sender, committed_at, message_id, recipient);
CREATE INDEX letters_by_recipient ON letters (recipient, committed_at, message_id);
CREATE INDEX letters_by_number ON letters (number, committed_at, message_id, recipient);
CREATE INDEX letters_by_state ON letters (state, committed_at, message_id, recipient);
CREATE INDEX letters_by_date ON letters (date, message_id, recipient);
CREATE INDEX letters_by_sender_date ON letters (sender, date, message_id, recipient);
CREATE INDEX letters_by_recipient_date ON letters (recipient, date, message_id);
CREATE INDEX deliveries_open ON deliveries (seq) WHERE open = 1;
CREATE INDEX deliveries_ended_badly ON deliveries (seq) WHERE state IN ('refused', 'given-up');
CREATE INDEX quarantine_by_time ON quarantine (state, at, id);

-- The words of the subjects of ordinary letters. Those of secret letters are not here: nobody can find them by a word.
CREATE TABLE letter_words (
  word TEXT NOT NULL,         -- folded
  committed_at BIGINT NOT NULL,
  message_id TEXT NOT NULL,
  PRIMARY KEY (word, committed_at, message_id)
) WITHOUT ROWID;

-- How far something that is made from older rows has come; position '' is the beginning.
CREATE TABLE filled (
  name TEXT PRIMARY KEY,
  position TEXT NOT NULL,
  done INTEGER NOT NULL
);

-- What the API hides positions in lists with.
CREATE TABLE cursor_key (
  id INTEGER PRIMARY KEY,     -- 1: there is one
  bytes BLOB NOT NULL
);

-- next step

-- The gateways that work on this journal, one for each process that runs.
CREATE TABLE members (
  id TEXT PRIMARY KEY,
  place TEXT NOT NULL,        -- its data folder's own id
  name TEXT NOT NULL,         -- for people
  role TEXT NOT NULL,         -- all | intake | worker
  joined_at BIGINT NOT NULL
);
-- That they live: others watch whether the count moves, by their own clocks.
CREATE TABLE beats (
  member TEXT PRIMARY KEY,
  beat BIGINT NOT NULL,
  seen_at BIGINT NOT NULL     -- by its own clock, for people
);
-- What one member does for all of them.
CREATE TABLE leases (
  name TEXT PRIMARY KEY,      -- lead
  member TEXT,                -- free when that is no member
  since BIGINT NOT NULL
);
INSERT INTO leases (name, member, since) VALUES ('lead', NULL, 0);
ALTER TABLE deliveries ADD COLUMN member TEXT;              -- who holds it, while it is claimed or being sent
ALTER TABLE orders ADD COLUMN member TEXT;                  -- who is to carry it out; NULL: who leads
-- What is so at present is known to one member each; all of it is told anew by whoever starts.
DROP TABLE present;
CREATE TABLE present (
  member TEXT NOT NULL,
  kind TEXT NOT NULL,         -- waiting | trouble | breaker | closed
  subject TEXT NOT NULL,
  what TEXT NOT NULL,
  since BIGINT NOT NULL,
  facts TEXT NOT NULL,        -- JSON
  PRIMARY KEY (member, kind, subject, what)
);

-- next step

-- What was said between two offices of one letter, though a circular has thousands of recipients.
DROP INDEX notices_about;
CREATE INDEX notices_between ON notices (about, sender, recipient);
ALTER TABLE deliveries ADD COLUMN hastened_at BIGINT;       -- a person wants it tried at once; NULL: nobody, or it was

-- next step

-- One letter between two offices, though its sender sent thousands under the number: a circular.
DROP INDEX letters_received;
CREATE INDEX letters_received ON letters (recipient, number, sender, committed_at, message_id);

-- next step

-- Retention. Of a letter that was purged one row for each recipient stays for a while: offered again, it is no new one.
CREATE TABLE purged_letters (
  message_id TEXT NOT NULL,
  recipient TEXT NOT NULL,
  sender TEXT NOT NULL,
  number TEXT NOT NULL,
  date TEXT NOT NULL,
  natural_key TEXT NOT NULL,
  content_digest TEXT NOT NULL,
  urgency TEXT NOT NULL,
  secrecy TEXT NOT NULL,
  state TEXT NOT NULL,
  receive_number TEXT,
  live INTEGER NOT NULL,
  committed_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  purged_at BIGINT NOT NULL,
  PRIMARY KEY (message_id, recipient)
);
CREATE INDEX purged_letters_key ON purged_letters (natural_key);
CREATE INDEX purged_letters_sent ON purged_letters (sender, number);
CREATE INDEX purged_letters_old ON purged_letters (purged_at);

-- Every run, by whom and within which bounds; what it removed is counted in the transactions that remove it.
CREATE TABLE retention_runs (
  id TEXT PRIMARY KEY,
  asked_by TEXT NOT NULL,     -- timer, or a person
  started_at BIGINT NOT NULL,
  ended_at BIGINT,            -- NULL: under way, or killed
  bounds TEXT NOT NULL,       -- JSON
  counts TEXT NOT NULL        -- JSON
);
CREATE INDEX retention_runs_newest ON retention_runs (started_at);

-- Which attachments an envelope names. Filled before the first of them is removed; 0: not looked at yet.
CREATE TABLE attachment_uses (
  sha256 TEXT NOT NULL,
  message_id TEXT NOT NULL,
  PRIMARY KEY (sha256, message_id)
);
CREATE INDEX attachment_uses_of ON attachment_uses (message_id);
ALTER TABLE envelopes ADD COLUMN named INTEGER NOT NULL DEFAULT 0;
CREATE INDEX envelopes_unnamed ON envelopes (message_id) WHERE named = 0;

-- Bytes in the store that something which was purged named: removed when nothing else does.
CREATE TABLE leaving (
  sha256 TEXT PRIMARY KEY,
  at BIGINT NOT NULL
);

ALTER TABLE sources ADD COLUMN purged_at BIGINT;            -- its bytes are gone; NULL: they are not
CREATE INDEX sources_kept ON sources (received_at) WHERE purged_at IS NULL;
CREATE INDEX sources_in_store ON sources (sha256) WHERE bytes IS NULL;
CREATE INDEX sources_gone ON sources (received_at) WHERE purged_at IS NOT NULL;
CREATE INDEX source_files_digest ON source_files (sha256);
CREATE INDEX quarantine_ended ON quarantine (changed_at) WHERE state <> 'waiting';
CREATE INDEX handed_old ON handed (at);
CREATE INDEX handed_document ON handed (sha256);
ALTER TABLE documents ADD COLUMN handed_at BIGINT NOT NULL DEFAULT 9007199254740991; -- last; the default: not known
UPDATE documents SET handed_at = COALESCE((SELECT MAX(at) FROM handed), 0);
CREATE INDEX documents_old ON documents (handed_at);
CREATE INDEX attempts_answered ON attempts (ended_at) WHERE answer IS NOT NULL;
CREATE INDEX events_old ON events (at) WHERE message_id IS NULL;
CREATE INDEX orders_old ON orders (answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX alarms_old ON alarms (ended_at) WHERE state = 'ended';
CREATE INDEX receipts_given ON receipts (committed_at) WHERE direction = 'given';

-- next step

-- By which mark all gateways of the installation know a place that is not theirs alone: a system's folder, the attachments.
CREATE TABLE marks (
  system TEXT NOT NULL,       -- '': the gateways' own
  place TEXT NOT NULL,        -- as the profile names it
  mark TEXT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (system, place)
);
-- What each member has of the offices: whoever lacks one, or cannot reach it, has no share in it.
CREATE TABLE reaches (
  member TEXT PRIMARY KEY,
  revision BIGINT NOT NULL,
  offices TEXT NOT NULL       -- JSON
);

-- next step

-- What was taken on and not begun is due: an attempt is begun where bytes may leave, and not before.
UPDATE deliveries SET state = 'due', member = NULL WHERE state = 'claimed';

-- next step

-- What each member says of itself beside the offices: whether its work hangs.
ALTER TABLE reaches ADD COLUMN self TEXT; -- JSON

-- next step

-- For the alarms: letters that were recalled of late.
CREATE INDEX notices_recalls ON notices (committed_at) WHERE kind = 'recall';

-- next step

-- What is asked for each letter has an index with a condition of its own, which means the same: no other can be taken for it (0031).
DROP INDEX deliveries_lane;
CREATE INDEX deliveries_lane ON deliveries (lane, seq) WHERE open > 0;
DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (office, rank) WHERE open >= 1;
DROP INDEX deliveries_waiting;
CREATE INDEX deliveries_waiting ON deliveries (office, seq) WHERE open >= 1;
-- What is looked through every few seconds is never what waits.
CREATE INDEX deliveries_sending ON deliveries (member) WHERE state = 'sending';

-- next step

-- The lane of what is brought, or may be again, names the recipient of the letter: what a sender hears of one waits for no other.
UPDATE deliveries SET lane = lane || ' ' || COALESCE((
  SELECT CASE WHEN n.kind IN ('dispute', 'recall') THEN n.recipient ELSE n.sender END
  FROM notices n WHERE n.message_id = deliveries.message_id), office)
WHERE state NOT IN ('taken', 'recalled');

-- next step

-- Of a letter that was purged, what took its place: its old words do not go again.
ALTER TABLE purged_letters ADD COLUMN corrected_by TEXT;    -- message id; NULL: nothing did
