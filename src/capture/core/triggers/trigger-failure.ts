/** Why a trigger could not be made, and what to do about it. */
export function triggerFailure(error: unknown, table: string): string {
	const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
	const why = typeof message === 'string' ? message : String(error);
	const advice = ADVICE[String(code)];
	return advice ? `${advice.replaceAll('TABLE', table)} (${why.split(' - ').at(-1)})` : why;
}

const BUSY = 'a long transaction uses the table; Downstream tries again within a minute';
const MAY_NOT = "Directus' database user may not make triggers: grant it TRIGGER on this database";

/** By error codes of the databases. */
const ADVICE: Record<string, string> = {
	'42501':
		"Directus' database user may not make triggers: grant it TRIGGER on the table TABLE and CREATE on its schema, or make it their owner",
	'42809': 'TABLE is not a table that can have triggers',
	'55P03': BUSY,
	ER_LOCK_WAIT_TIMEOUT: BUSY,
	ER_BINLOG_CREATE_ROUTINE_NEED_SUPER:
		'the server writes a binary log, so only a SUPER user may make triggers: set log_bin_trust_function_creators = 1 on the server',
	ER_TABLEACCESS_DENIED_ERROR: MAY_NOT,
	ER_SPECIFIC_ACCESS_DENIED_ERROR: MAY_NOT,
	ER_WRONG_OBJECT: 'TABLE is a view, and views cannot have triggers',
	SQLITE_BUSY: BUSY,
};
