import type { Dialect } from '../../../kernel/core/dialect.js';
import { WRITER_ROW, WRITER_SETTING, WRITER_VARIABLE } from './trigger.js';

/** How a transaction tells triggers that its process records its writes. */
export interface WriterMark {
	make: string;
	/** Runs right before the commit, if the mark would be committed as well. */
	unmake: string | null;
	/** It ends with the transaction, or with the savepoint that it was made in; or with the connection, which is ours alone. */
	lasts: 'transaction' | 'connection';
}

export const WRITER_MARKS: Record<Dialect, WriterMark> = {
	postgres: {
		make: `select set_config('${WRITER_SETTING}', 'on', true)`,
		unmake: null,
		lasts: 'transaction',
	},
	mysql: { make: `set ${WRITER_VARIABLE} = 1`, unmake: null, lasts: 'connection' },
	sqlite: {
		make: `insert or ignore into downstream_outbox (id, collection, item, event, at, source) values (${WRITER_ROW}, '', '', '', 0, 'writer')`,
		unmake: `delete from downstream_outbox where id = ${WRITER_ROW}`,
		lasts: 'transaction',
	},
};
