/**
 * Tells two instances with the same name apart: each start leaves a token in the instance's database, and each exchange
 * carries those tokens. A copy only has the tokens from before it was made.
 */

/** The header with the tokens, the latest last. */
export const STARTS_HEADER = 'x-downstream-starts';

/** The header of a repeated request, with the tokens that are in the database now: another node may have started. */
export const ASKED_AGAIN_HEADER = 'x-downstream-starts-again';

/** The code of a refusal, because two instances use the name of the sender. */
export const IDENTITY_DISPUTED = 'IDENTITY_DISPUTED';

/** How many tokens are kept: after more starts without contact, a remote cannot tell any more. */
export const STARTS_KEPT = 64;

/** Marks the token of a start after which a person confirmed that this is the original. */
const DECIDED = '!';
export const decidedToken = (token: string): string => `${DECIDED}${token}`;

/** What an instance remembers of another one. */
export interface KnownStarts {
	last: string;
	/** The last token that a person confirmed. */
	decided: string | null;
	/** Two instances have used its name; nothing is accepted from either until a person decides. */
	disputed: boolean;
}

/** The tokens in a header; null without any, as from older versions. */
export function readStarts(header: string | null): string[] | null {
	const tokens = (header ?? '').split(',').filter((token) => /^!?[0-9a-z]{4,32}$/.test(token));
	return tokens.length === 0 ? null : tokens.slice(-STARTS_KEPT);
}

/**
 * Whether a sender is the instance that was known before, perhaps started again since.
 * @param again it has read its database once more
 */
export function judgeStarts(
	known: KnownStarts | null,
	tokens: string[],
	again: boolean,
): { isItself: boolean; remember: KnownStarts | null } {
	const last = tokens.at(-1) ?? '';
	const decided = tokens.findLast((token) => token.startsWith(DECIDED)) ?? null;
	const isVouchedFor = decided !== null && decided !== known?.decided;
	if (known === null || isVouchedFor || (!known.disputed && tokens.includes(known.last))) {
		const isNew = known?.last !== last || known.decided !== decided || known.disputed;
		return { isItself: true, remember: isNew ? { last, decided, disputed: false } : null };
	}
	// A person has confirmed one of the two, so the other one is not believed.
	const isOther = known.decided !== null && !tokens.includes(known.decided);
	return { isItself: false, remember: again && !isOther && !known.disputed ? { ...known, disputed: true } : null };
}
