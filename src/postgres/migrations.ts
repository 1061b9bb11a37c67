/**
 * The tables, as steps that follow each other. A step that was released is never changed: what is to be different comes
 * as a step behind it. Instants are epoch milliseconds.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE callsheet.definition (
      hash text PRIMARY KEY,
      report text NOT NULL,
      file text NOT NULL,
      text text NOT NULL
    )`,
    `CREATE TABLE callsheet.schedule (
      report text PRIMARY KEY,
      hash text NOT NULL REFERENCES callsheet.definition,
      handled_until bigint NOT NULL,
      paused_at bigint,
      paused_reason text,
      removed boolean NOT NULL DEFAULT false
    )`,
    `CREATE TABLE callsheet.run (
      report text NOT NULL,
      nominal_at bigint NOT NULL,
      state text NOT NULL,
      reason text,
      hash text NOT NULL REFERENCES callsheet.definition,
      priority integer NOT NULL DEFAULT 0,
      wake_at bigint,
      give_up_at bigint NOT NULL,
      task_id uuid,
      task_try integer,
      task_added boolean NOT NULL DEFAULT false,
      task_after_ms bigint NOT NULL DEFAULT 0,
      claim uuid,
      worker text,
      attempts integer NOT NULL DEFAULT 0,
      restated integer NOT NULL DEFAULT 0,
      run_id text,
      stage text,
      rows bigint,
      last_code text,
      last_message text,
      changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (report, nominal_at)
    )`,
    `CREATE INDEX run_open ON callsheet.run (report, nominal_at)
      WHERE state IN ('due', 'waiting', 'queued', 'running', 'provisional')`,
    `CREATE INDEX run_nominal ON callsheet.run (nominal_at)`,
    `CREATE INDEX run_task ON callsheet.run (task_id) WHERE state = 'queued' AND NOT task_added`,
    `CREATE INDEX run_folder ON callsheet.run (run_id)`,
    `CREATE TABLE callsheet.attempt (
      token uuid PRIMARY KEY,
      report text NOT NULL,
      nominal_at bigint NOT NULL,
      number integer NOT NULL,
      worker text NOT NULL,
      run_id text,
      began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      ended_at timestamptz,
      outcome text,
      code text,
      message text
    )`,
    `CREATE INDEX attempt_run ON callsheet.attempt (report, nominal_at)`,
  ],
  [`CREATE TABLE callsheet.client (name text PRIMARY KEY, sealed text)`],
  [
    `CREATE TABLE callsheet.alarm (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      report text NOT NULL,
      nominal_at bigint NOT NULL,
      kind text NOT NULL,
      reason text NOT NULL,
      raised_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      is_over boolean NOT NULL DEFAULT false,
      UNIQUE (report, nominal_at, kind)
    )`,
    `CREATE INDEX alarm_open ON callsheet.alarm (report) WHERE NOT is_over`,
    `CREATE INDEX alarm_raised ON callsheet.alarm (raised_at)`,
    `CREATE TABLE callsheet.alarm_message (
      alarm uuid NOT NULL REFERENCES callsheet.alarm ON DELETE CASCADE,
      destination text NOT NULL,
      tries integer NOT NULL DEFAULT 0,
      next_at bigint NOT NULL,
      told_at bigint,
      PRIMARY KEY (alarm, destination)
    )`,
    `CREATE INDEX alarm_untold ON callsheet.alarm_message (destination, next_at) WHERE told_at IS NULL`,
  ],
  // So many windows of one backfill have a task at once; a run of a schedule has none.
  [
    `ALTER TABLE callsheet.run ADD COLUMN at_once integer`,
    `CREATE INDEX run_backfill ON callsheet.run (report, nominal_at)
      WHERE at_once IS NOT NULL AND state IN ('due', 'waiting', 'queued', 'running', 'provisional')`,
  ],
];
