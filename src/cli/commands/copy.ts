import { printable } from '../../kernel/core/printable.js';
import type { Promotion } from '../../contract/answers/previews.js';
import { chosenItems } from '../chosen-items.js';
import type { RunCommand } from '../command.js';
import { Failure } from '../failure.js';
import { showPromotion } from '../preview-text.js';
import { timeoutForAllRows } from '../options.js';

/** Copies items from one instance to another, once; without --yes only shows what that would be. */
export const copy: RunCommand = async (context) => {
	const { connection, connectionTo, flags, options, progress, secret } = context;
	const { match, yes, expect, reason, to } = flags;
	const token = flags.toToken ?? secret('DIRECTUS_TO_TOKEN');
	if (to === undefined || token === undefined)
		throw new Failure('INVALID_ARGUMENTS', 'Say where to: --to, and --to-token (or DIRECTUS_TO_TOKEN).', {
			advice: 'The token is that of an admin there, or of its Data Sync user.',
		});
	const items = chosenItems(flags, '--collection articles --filter \'{"status":{"_eq":"ready"}}\'');
	const from = options.from ? connectionTo(options.from) : connection();
	const remote = printable(to);
	const done = await progress.during(yes ? `Copying to ${remote}` : `Asking ${remote} what would change`, () =>
		from.data<Promotion>('POST', '/downstream/sync/copy', {
			body: {
				url: to,
				api_key: token,
				items: [items],
				match: match ? { [items.collection]: match } : {},
				related: flags.related !== false,
				dry_run: yes !== true,
				expect,
				reason,
			},
			timeout: timeoutForAllRows(options),
		}),
	);
	return showPromotion(context, done, remote);
};
