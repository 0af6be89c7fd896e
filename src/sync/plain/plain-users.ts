import { readPlainRows, UNREADABLE, type PlainRequests } from './plain-requests.js';
import type { Verdict } from '../../delivery/core/verdict.js';
import { idsByForm, soughtBy } from '../rows/user-forms.js';
import type { PlainAsk } from './ask-plain.js';

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/**
 * Looks for users of the other side by what they are known by, and adds their ids, or null for those who are not there,
 * or who may not be read.
 * @returns why they could not be asked for just now; null where they were
 */
export async function findUsers(
	forms: readonly string[],
	known: Map<string, string | null>,
	{ requests, ask }: { requests: PlainRequests; ask: PlainAsk },
): Promise<Verdict | null> {
	const wanted = [...new Set(forms)].filter((form) => !known.has(form));
	const sought = soughtBy(wanted);
	if (sought.external.length + sought.email.length === 0) return null;
	const { verdict, response } = await ask(requests.usersKnownBy(sought));
	// Who cannot be asked just now is not left out for it.
	if (verdict.kind === 'retry') return verdict;
	const rows = verdict.kind === 'delivered' ? readPlainRows(response?.body ?? '') : null;
	if (verdict.kind === 'delivered' && !rows) return UNREADABLE;
	const users = (rows ?? []).flatMap((row) => {
		const id = text(row['id']);
		const email = text(row['email'])?.toLowerCase() ?? null;
		return id === null ? [] : [{ id, email, external: text(row['external_identifier']) }];
	});
	const byForm = idsByForm(users);
	for (const form of wanted) known.set(form, byForm.get(form) ?? null);
	return null;
}
