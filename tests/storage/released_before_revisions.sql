BEGIN TRANSACTION;
CREATE TABLE data_keys (
	name VARCHAR(16) NOT NULL, 
	first_used_at VARCHAR(40) NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "data_keys" VALUES('b6316f1a','2026-11-20T09:00:00+07:00');
CREATE TABLE deposit_files (
	dossier VARCHAR(64) NOT NULL, 
	position INTEGER NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	media_type VARCHAR(120) NOT NULL, 
	suffix VARCHAR(8) NOT NULL, 
	PRIMARY KEY (dossier, position), 
	UNIQUE (dossier, sha256)
);
CREATE TABLE deposit_keys (
	client VARCHAR(64) NOT NULL, 
	"key" VARCHAR(255) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	dossier VARCHAR(64) NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	PRIMARY KEY (client, "key")
);
CREATE TABLE deposits (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	dossier VARCHAR(64) NOT NULL, 
	client VARCHAR(64) NOT NULL, 
	counter VARCHAR(120) NOT NULL, 
	procedure VARCHAR(40) NOT NULL, 
	received_on VARCHAR(10) NOT NULL, 
	cases TEXT NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	is_held BOOLEAN NOT NULL, 
	trouble VARCHAR(80) NOT NULL, 
	opened_at VARCHAR(40) NOT NULL, 
	changed_at VARCHAR(40) NOT NULL, 
	version INTEGER NOT NULL, 
	said TEXT NOT NULL, 
	report TEXT, 
	UNIQUE (dossier)
);
CREATE TABLE desk_entries (
	id INTEGER NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	procedure VARCHAR(40) NOT NULL, 
	counter VARCHAR(80) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	is_open SMALLINT NOT NULL, 
	received_day INTEGER NOT NULL, 
	due_day INTEGER NOT NULL, 
	changed_at VARCHAR(40) NOT NULL, 
	assignee VARCHAR(80) NOT NULL, 
	papers INTEGER NOT NULL, 
	digitised INTEGER NOT NULL, 
	pages INTEGER NOT NULL, 
	blocking INTEGER NOT NULL, 
	warning INTEGER NOT NULL, 
	info INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	sealed TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (code)
);
INSERT INTO "desk_entries" VALUES(1,'MẪU-1','1.001193','','archived',0,739936,3652059,'2026-11-20T09:00:00.000+07:00','',0,0,0,0,0,0,1,'sohoa-sealed-1:b6316f1a:Of9zO8ePClDbcJta92HuF/YvLarLPyc9Kl5IS/OAv0Rxu7QrXGj/ew==');
INSERT INTO "desk_entries" VALUES(2,'MẪU-2','1.001193','','archived',0,739936,3652059,'2026-11-20T09:00:00.000+07:00','',0,0,0,0,0,0,1,'sohoa-sealed-1:b6316f1a:YKXKdcscA8zNhq9gkJS6L1t4kX32/bkJzEtqRA2VwnFptQ/ttWrbtQ==');
CREATE TABLE desk_kinds (
	kind VARCHAR(80) NOT NULL, 
	received_day INTEGER NOT NULL, 
	entry INTEGER NOT NULL, 
	PRIMARY KEY (kind, received_day, entry)
)
 WITHOUT ROWID

;
CREATE TABLE desk_notes (
	name VARCHAR(40) NOT NULL, 
	noted_at VARCHAR(40) NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE desk_tallies (
	counter VARCHAR(80) NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	dossiers INTEGER NOT NULL, 
	mark INTEGER NOT NULL, 
	PRIMARY KEY (counter, state)
);
INSERT INTO "desk_tallies" VALUES('','archived',2,2);
CREATE TABLE desk_texts (
	entry INTEGER NOT NULL, 
	sealed BLOB NOT NULL, 
	PRIMARY KEY (entry)
);
CREATE TABLE desk_words (
	word BIGINT NOT NULL, 
	received_day INTEGER NOT NULL, 
	entry INTEGER NOT NULL, 
	PRIMARY KEY (word, received_day, entry)
)
 WITHOUT ROWID

;
CREATE TABLE dossier_people (
	person VARCHAR(64) NOT NULL, 
	dossier VARCHAR(255) NOT NULL, 
	sealed TEXT NOT NULL, 
	PRIMARY KEY (person, dossier)
);
INSERT INTO "dossier_people" VALUES('b9c1b017811183b7179f33b4052b05caf3272d2894b850c16a0fed2d5ffc5fac','MẪU-1','sohoa-sealed-1:b6316f1a:Sf+dFeo3k/0n66fomkUt6QCpnZ0ie6e0t3clYW39yvWLDHTktifjlL7JtP22fUDy1rByM6RtwFOT9i523hvp9kvt');
INSERT INTO "dossier_people" VALUES('b9c1b017811183b7179f33b4052b05caf3272d2894b850c16a0fed2d5ffc5fac','MẪU-2','sohoa-sealed-1:b6316f1a:YlZPhWHpL0CDMEs0DAHBpCxZCEC9yB2u3q5NLlA71IHpnvZcnFtU5ee/QsRYwqPHEBh1LLdaC4LCSB7T9XHJkoK+');
CREATE TABLE dossier_traces (
	dossier VARCHAR(255) NOT NULL, 
	noted_at VARCHAR(40) NOT NULL, 
	sealed TEXT NOT NULL, 
	PRIMARY KEY (dossier)
);
INSERT INTO "dossier_traces" VALUES('MẪU-1','2026-11-20T09:00:00+07:00','sohoa-sealed-1:b6316f1a:7Ddoxqps9AWqW1V8m7USs7w5zrHdujX8+jNyURRzI7MJ6WhU4qJm0mxVnXkfUbNndBYTH7sU9AXhxxI758u8WjPdQmv5cXNdHfEYxpOrcetXguQIYYGASUA6tNiWsE2cbJNOYQU+pQZScxX7DlhYKu6n0iTRmhq11uaxL4kfFduHH9IJxNCoDAPwZrx46fq1CUrqT3vxdZkAz5v9iFS4hNYbCnnU');
INSERT INTO "dossier_traces" VALUES('MẪU-2','2026-11-20T09:00:00+07:00','sohoa-sealed-1:b6316f1a:tAU5mmBlVk2fmWUIGixIKvvSpUQZDFrVvtArsYcwAiPh8F7t6815zQJLb7jLaowKYy+Vkc7AnORTAB2h8BnhXpHLG4cJuRfaF4ZviMev6YA0gJpgAUajt3UEgjJE3MlfhlwqjVtP9C7ka+nyx/nugO+6EXpejJivVuT7tj9daCmAGEynNwD8KbCEIMaHlnHH7aRyIlxaDHvLjQ4prpoM0Mqi32kI');
CREATE TABLE judged_dossiers (
	dossier VARCHAR(255) NOT NULL, 
	judged_at VARCHAR(40) NOT NULL, 
	summary TEXT NOT NULL, 
	PRIMARY KEY (dossier)
);
CREATE TABLE kept_papers (
	person VARCHAR(64) NOT NULL, 
	kind VARCHAR(80) NOT NULL, 
	dossier VARCHAR(255) NOT NULL, 
	PRIMARY KEY (person, kind, dossier)
);
CREATE TABLE ledger (
	number INTEGER NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	actor VARCHAR(255) NOT NULL, 
	action VARCHAR(80) NOT NULL, 
	subject TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	previous_sha256 VARCHAR(64) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	PRIMARY KEY (number), 
	UNIQUE (previous_sha256), 
	UNIQUE (sha256)
);
INSERT INTO "ledger" VALUES(1,'2026-11-20T09:00:00.000+07:00','Cán bộ (MẪU)','archived','MẪU-1','{"prefix": "dossiers/M\u1eaaU-1/a"}','0000000000000000000000000000000000000000000000000000000000000000','aa954a44e2555caaf192db49c8366b75f7b6f8c13d26205cb914d6e2215d3ba9');
INSERT INTO "ledger" VALUES(2,'2026-11-20T09:00:00.000+07:00','Cán bộ (MẪU)','archived','MẪU-2','{"prefix": "dossiers/M\u1eaaU-2/a"}','aa954a44e2555caaf192db49c8366b75f7b6f8c13d26205cb914d6e2215d3ba9','844ef5ac5d2d0830d25321e65dfc0b7cd7e197d208c62412e7d5f94402602e94');
INSERT INTO "ledger" VALUES(3,'2026-11-20T09:00:00.000+07:00','Cán bộ (MẪU)','held','MẪU-2','{}','844ef5ac5d2d0830d25321e65dfc0b7cd7e197d208c62412e7d5f94402602e94','ae118dff4a8b66f2380bb4acdcf1fafc02eedd46f1fc1087bda42359294b3b8a');
CREATE TABLE legal_holds (
	id INTEGER NOT NULL, 
	dossier VARCHAR(255) NOT NULL, 
	placed_at VARCHAR(40) NOT NULL, 
	placed_by VARCHAR(255) NOT NULL, 
	reason TEXT NOT NULL, 
	released_at VARCHAR(40) NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "legal_holds" VALUES(1,'MẪU-2','2026-11-20T09:00:00.000+07:00','Cán bộ (MẪU)','sohoa-sealed-1:b6316f1a:gcS/U2AyKOSbgOxjJwBGjaDugOcxaILN1FNSTHUeHxVKHuotj03RGW6QuMrbXx0Kw3Jd','');
CREATE TABLE outbox_deliveries (
	webhook VARCHAR(40) NOT NULL, 
	event INTEGER NOT NULL, 
	dossier VARCHAR(255) NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_at FLOAT NOT NULL, 
	trouble VARCHAR(300) NOT NULL, 
	delivered_at VARCHAR(40), 
	PRIMARY KEY (webhook, event)
);
CREATE TABLE outbox_events (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id VARCHAR(40) NOT NULL, 
	dossier VARCHAR(255) NOT NULL, 
	kind VARCHAR(80) NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	body TEXT NOT NULL, 
	UNIQUE (id)
);
CREATE TABLE package_files (
	package INTEGER NOT NULL, 
	path VARCHAR(700) NOT NULL, 
	role VARCHAR(40) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	media_type VARCHAR(255) NOT NULL, 
	PRIMARY KEY (package, path), 
	FOREIGN KEY(package) REFERENCES packages (id)
);
INSERT INTO "package_files" VALUES(1,'1.jpg','original','d9f082a1826853d72f99394d0bdc3dae7271e2ed80acf8462b4b459c7d31a586',7,'image/jpeg');
INSERT INTO "package_files" VALUES(2,'1.jpg','original','60e0a0161c097bc8e1e7a6b470071b7e0d44d491b216836f6454b415918ed933',7,'image/jpeg');
CREATE TABLE package_follow_ups (
	id INTEGER NOT NULL, 
	dossier VARCHAR(255) NOT NULL, 
	prefix VARCHAR(900) NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	kind VARCHAR(80) NOT NULL, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE package_objects (
	package INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	object_key VARCHAR(1024) NOT NULL, 
	version_id VARCHAR(255) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	retain_until VARCHAR(40) NOT NULL, 
	PRIMARY KEY (package, position), 
	FOREIGN KEY(package) REFERENCES packages (id)
);
INSERT INTO "package_objects" VALUES(1,0,'dossiers/MẪU-1/a/1.jpg','v1','d9f082a1826853d72f99394d0bdc3dae7271e2ed80acf8462b4b459c7d31a586',7,'2036-11-17T09:00:00+07:00');
INSERT INTO "package_objects" VALUES(2,0,'dossiers/MẪU-2/a/1.jpg','v1','60e0a0161c097bc8e1e7a6b470071b7e0d44d491b216836f6454b415918ed933',7,'2036-11-17T09:00:00+07:00');
CREATE TABLE packages (
	id INTEGER NOT NULL, 
	dossier VARCHAR(255) NOT NULL, 
	prefix VARCHAR(900) NOT NULL, 
	manifest_sha256 VARCHAR(64) NOT NULL, 
	recorded_at VARCHAR(40) NOT NULL, 
	summary TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (prefix)
);
INSERT INTO "packages" VALUES(1,'MẪU-1','dossiers/MẪU-1/a','d9f082a1826853d72f99394d0bdc3dae7271e2ed80acf8462b4b459c7d31a586','2026-11-20T09:00:00+07:00','sohoa-sealed-1:b6316f1a:5RuliisMEthcRM55GGRXiO1YPTw+XsXTHxdgxnFbb9pN5DfqsaKbOdF9Gxv1AaHvo/4M3TPbEsoxK0SHpiHvmKsCX+NnBavvdxnr6SsrPQlnyOcn5GuOTUDibZjcrtKHA4xXNRhuaxQlYkg/nEOtGQAJPGiXxH8rYGRvdHqU+D/9WeG6nWkPc2rBbJk=');
INSERT INTO "packages" VALUES(2,'MẪU-2','dossiers/MẪU-2/a','60e0a0161c097bc8e1e7a6b470071b7e0d44d491b216836f6454b415918ed933','2026-11-20T09:00:00+07:00','sohoa-sealed-1:b6316f1a:pJwZHMc0HTrJctm2KIAGuPIHk1C4p2jk05McvRsPx7KAYuiL55erUIFHSqVcwfZhiJ0WNfCh9vVhiiUYBtfATCClRCNr0z70AlkLbcyhWTUfbknt+8hzA2etbkHa5ozyIrafvqIb2NK42aWCV7TsZNpPZrm0Tt1mOfTV2EPLBoofABGKDLTOlAUepxM=');
CREATE TABLE register_waits (
	dossier VARCHAR(255) NOT NULL, 
	since VARCHAR(40) NOT NULL, 
	settled_at VARCHAR(40) NOT NULL, 
	content TEXT NOT NULL, 
	PRIMARY KEY (dossier)
);
CREATE TABLE review_drafts (
	dossier VARCHAR(255) NOT NULL, 
	round INTEGER NOT NULL, 
	state VARCHAR(20) NOT NULL, 
	opened_at VARCHAR(40) NOT NULL, 
	changed_at VARCHAR(40) NOT NULL, 
	prefix VARCHAR(900) NOT NULL, 
	saved INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	PRIMARY KEY (dossier, round)
);
CREATE TABLE review_events (
	dossier VARCHAR(255) NOT NULL, 
	round INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	PRIMARY KEY (dossier, round, number)
);
CREATE TABLE review_notices (
	dossier VARCHAR(255) NOT NULL, 
	number INTEGER NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	content TEXT NOT NULL, 
	PRIMARY KEY (dossier, number)
);
CREATE TABLE typed_texts (
	account VARCHAR(255) NOT NULL, 
	dossier VARCHAR(255) NOT NULL, 
	place VARCHAR(200) NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	content TEXT NOT NULL, 
	PRIMARY KEY (account, dossier, place)
);
CREATE TABLE webhooks (
	id VARCHAR(40) NOT NULL, 
	client VARCHAR(64) NOT NULL, 
	url VARCHAR(2000) NOT NULL, 
	kinds TEXT NOT NULL, 
	secrets TEXT NOT NULL, 
	created_at VARCHAR(40) NOT NULL, 
	rests_until FLOAT NOT NULL, 
	failures INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE INDEX ix_packages_dossier ON packages (dossier);
CREATE INDEX ix_package_follow_ups_dossier ON package_follow_ups (dossier);
CREATE INDEX ix_package_objects_sha256 ON package_objects (sha256);
CREATE INDEX ix_package_files_sha256 ON package_files (sha256);
CREATE INDEX ix_dossier_people_dossier ON dossier_people (dossier);
CREATE INDEX ix_ledger_subject_action ON ledger (subject, action);
CREATE TRIGGER ledger_refuses_update BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_refuses_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE INDEX ix_legal_holds_released_at ON legal_holds (released_at);
CREATE INDEX ix_legal_holds_dossier ON legal_holds (dossier);
CREATE INDEX ix_desk_state ON desk_entries (state, received_day, id);
CREATE INDEX ix_desk_open ON desk_entries (is_open, due_day, id);
CREATE INDEX ix_desk_counter_state ON desk_entries (counter, state, received_day, id);
CREATE INDEX ix_desk_received ON desk_entries (received_day, id);
CREATE INDEX ix_desk_counter_received ON desk_entries (counter, received_day, id);
CREATE INDEX ix_desk_procedure ON desk_entries (procedure, received_day, id);
CREATE INDEX ix_desk_counter_open ON desk_entries (counter, is_open, due_day, id);
CREATE INDEX ix_desk_kinds_entry ON desk_kinds (entry);
CREATE INDEX ix_webhooks_client ON webhooks (client);
CREATE INDEX ix_outbox_events_dossier ON outbox_events (dossier);
CREATE INDEX ix_outbox_deliveries_open ON outbox_deliveries (state, webhook, dossier, event);
CREATE INDEX ix_deposits_client ON deposits (client);
CREATE INDEX ix_deposits_state ON deposits (state);
CREATE INDEX ix_deposit_files_sha256 ON deposit_files (sha256);
CREATE INDEX ix_register_waits_since ON register_waits (since);
CREATE INDEX ix_register_waits_settled_at ON register_waits (settled_at);
CREATE INDEX ix_review_drafts_opened_at ON review_drafts (opened_at);
CREATE INDEX ix_review_drafts_state ON review_drafts (state);
CREATE INDEX ix_typed_texts_dossier ON typed_texts (dossier);
CREATE INDEX ix_typed_texts_at ON typed_texts (at);
DELETE FROM "sqlite_sequence";
COMMIT;
