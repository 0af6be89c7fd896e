import type { Dialect } from '../../kernel/core/dialect.js';

/** Something follows what may be the end of a statement. */
const SEVERAL = /;\s*[^\s;]/;

/** What ends a transaction on MySQL by itself. */
const COMMITTING =
	/^(?:[\s(]|\/\*[\s\S]*?\*\/|--[^\n]*\n)*(?:alter|analyze|begin|cache|change|check|create|drop|flush|grant|install|load\s+index|lock|optimize|rename|repair|reset|revoke|set\s+(?:@@)?(?:session[\s.]+)?autocommit|start|stop|truncate|uninstall|unlock)\b/i;

/** Ours alone, which leave the transaction as it is. */
const OWN = /^savepoint downstream\b/;

/**
 * Why what a transaction is to record has to be written before this statement runs; null where it need not be.
 * `reads`: the statement asks for it, or adds to it. `commits`: it ends the transaction by itself. `hidden`: it is several
 * statements, which may do anything to the transaction.
 */
export function whyOutboxFirst(sql: string, dialect: Dialect): 'reads' | 'commits' | 'hidden' | null {
	const asks = sql.includes('downstream_outbox');
	if (!asks && dialect === 'mysql' && COMMITTING.test(sql)) return 'commits';
	if (SEVERAL.test(sql) && !OWN.test(sql)) return 'hidden';
	return asks ? 'reads' : null;
}
