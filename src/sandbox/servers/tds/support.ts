// What a PostgreSQL database needs to answer as SQL Server: a schema `tds` of functions and views, and the numbers of errors.
import { Refused } from './refused.ts'

/** Made in each database, for everyone. */
export const support = `
CREATE SCHEMA tds;
GRANT USAGE ON SCHEMA tds TO PUBLIC;
CREATE FUNCTION tds.nvarchar(anyelement, int) RETURNS text STABLE LANGUAGE sql AS 'SELECT $1::text';
CREATE FUNCTION tds.nvarchar(text, int) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION tds.nvarchar(bytea, int) RETURNS text IMMUTABLE LANGUAGE sql AS
  $$SELECT CASE WHEN $2 = 2 THEN upper(encode($1, 'hex')) ELSE convert_from($1, 'UTF8') END$$;
CREATE FUNCTION tds.varbinary(bytea) RETURNS bytea IMMUTABLE LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION tds.varbinary(text) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$SELECT convert_to($1, 'UTF8')$$;
CREATE FUNCTION tds.ansi(text) RETURNS bytea IMMUTABLE LANGUAGE sql AS $$SELECT convert_to($1, 'WIN874')$$;
CREATE FUNCTION tds.datalength(bytea) RETURNS bigint IMMUTABLE LANGUAGE sql AS 'SELECT octet_length($1)';
CREATE FUNCTION tds.free(xid) RETURNS boolean VOLATILE LANGUAGE sql AS $$
  SELECT $1::text = '0' OR $1::text = COALESCE(pg_current_xact_id_if_assigned()::text, '0')
    OR pg_xact_status($1::text::xid8) IS DISTINCT FROM 'in progress'$$;
CREATE FUNCTION tds.type_name(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION tds.collationproperty(text, text) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 874';
CREATE FUNCTION tds.columnproperty(oid, text, text) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 0';
CREATE FUNCTION tds.object_id(text, text) RETURNS oid STABLE LANGUAGE sql AS
  $$SELECT c.oid FROM pg_class c
    WHERE c.oid = to_regclass(replace(replace($1, '[', '"'), ']', '"')) AND c.relkind = CASE $2 WHEN 'U' THEN 'r' ELSE 'v' END$$;
CREATE FUNCTION tds.ansi_columns() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE name text;
  BEGIN
    FOREACH name IN ARRAY TG_ARGV LOOP
      NEW := jsonb_populate_record(NEW, jsonb_build_object(name,
        regexp_replace(to_jsonb(NEW)->>name, '[^\\u0001-\\u007f\\u00a0ก-ฺ฿-๛€…‘’“”•–—]', '?', 'g')));
    END LOOP;
    RETURN NEW;
  END $$;
CREATE VIEW tds.columns AS
  SELECT a.attname::text AS name, a.attrelid AS object_id, col_description(a.attrelid, a.attnum) AS system_type_id,
    (NOT a.attnotnull)::int AS is_nullable, 'Thai_CI_AS'::text AS collation_name, a.attnum AS column_id
  FROM pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped;
GRANT SELECT ON tds.columns TO PUBLIC;
CREATE VIEW tds.sessions AS SELECT pid AS session_id, usename::text AS login_name FROM pg_stat_activity;
`

/** SQLSTATE → the product's number and words; what its words name is put in from PostgreSQL's. */
const numbers: Readonly<Record<string, readonly [number, string]>> = {
  '22001': [8152, 'String or binary data would be truncated.'],
  '22003': [8115, 'Arithmetic overflow error converting expression to data type numeric.'],
  '22007': [241, 'Conversion failed when converting date and/or time from character string.'],
  '22008': [
    242,
    'The conversion of a nvarchar data type to a datetime data type resulted in an out-of-range value.',
  ],
  '22P02': [8114, 'Error converting data type nvarchar to bigint.'],
  '23502': [515, "Cannot insert the value NULL into column '%', table 'dbo'; column does not allow nulls."],
  '23505': [2627, "Violation of UNIQUE KEY constraint '%'. Cannot insert duplicate key in object 'dbo'."],
  '23514': [547, 'The INSERT statement conflicted with the CHECK constraint "%".'],
  '25006': [3906, 'Failed to update database because the database is read-only.'],
  '40P01': [1205, 'Transaction was deadlocked on lock resources and has been chosen as the deadlock victim.'],
  '42501': [229, 'The permission was denied on the object.'],
  '42601': [102, "Incorrect syntax near '%'."],
  '42703': [207, "Invalid column name '%'."],
  '42P01': [208, "Invalid object name '%'."],
  '53100': [1105, 'Could not allocate space for object because the filegroup is full.'],
  '55P03': [1222, 'Lock request time out period exceeded.'],
  '57014': [3617, 'Query was canceled by user.'],
}

const gone = new Set(['57P01', '57P02', '57P03', '08006', '08003'])

/** PostgreSQL's no as the product's; nothing when its connection is gone: so is then ours. */
export function refusalOf(error: unknown): Refused | undefined {
  if (error instanceof Refused) return error
  if (!(error instanceof Error)) return undefined
  const state = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (!('severity' in error) || gone.has(state)) return undefined
  const [number, words] = numbers[state] ?? [
    8624,
    `Internal Query Processor Error: ${state} ${error.message}`,
  ]
  const named =
    'column' in error && typeof error.column === 'string'
      ? error.column
      : (/"([^"]+)"/.exec(error.message)?.[1] ?? '')
  return new Refused(number, words.replace('%', named.split('.').at(-1) ?? ''), 16)
}
