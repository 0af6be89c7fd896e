import { printable } from '../../kernel/core/printable.js';
import type { Promotion } from '../../contract/answers/previews.js';
import { chosenItems } from '../chosen-items.js';
import type { RunCommand } from '../command.js';
import { findTarget } from '../find-target.js';
import { showPromotion } from '../preview-text.js';
import { timeoutForAllRows } from '../options.js';

/** Brings items to a remote source, all or none; without --yes only shows what that would be. */
export const promote: RunCommand = async (context) => {
	const { connection, operands, flags, options, progress } = context;
	const { yes, expect, reason } = flags;
	const items = [chosenItems(flags, '"downstream promote production --collection articles --keys 12,13"')];
	const instance = connection();
	const named = operands[0] ?? '';
	const id = await findTarget(instance, named, ['sync']);
	const remote = printable(named);
	const done = await progress.during(yes ? `Promoting to "${remote}"` : `Asking "${remote}" what would change`, () =>
		instance.data<Promotion>('POST', `/downstream/sync/peers/${encodeURIComponent(id)}/promote`, {
			body: { items, dry_run: yes !== true, expect, reason },
			timeout: timeoutForAllRows(options),
		}),
	);
	return showPromotion(context, done, remote);
};
