import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { printable } from '../../kernel/core/printable.js';
import type { RunCommand } from '../command.js';
import { readPlanFile } from '../plan-file.js';
import { planAs } from '../plan-output.js';
import type { PushedPlan } from '../../contract/answers/config.js';
import { commitText, counts, findPush } from './history.js';

/** Shows the plan in a file, or the plan of a push. */
export const show: RunCommand = async (context) => {
	const { folder, operands, connection, progress, print, terminal, flags } = context;
	const [given] = operands;
	const file = given === undefined ? null : resolve(folder, given);
	if (file !== null && existsSync(file)) {
		const { plan, url, source } = await readPlanFile(file, null);
		print({ plan, url, source }, () => {
			const head =
				url === null ? '' : `${terminal.paint('dim', `For ${url}, from ${source ?? 'an unknown source'}:`)}\n\n`;
			return `${flags.markdown ? '' : head}${planAs(flags, plan, { terminal, url })}`;
		});
		return 0;
	}
	const instance = connection();
	const push = await progress.during('Looking for the push', () => findPush(context));
	const pushed = await instance.data<PushedPlan>('GET', `/downstream/config/history/${encodeURIComponent(push.id)}`);
	print(pushed, () => {
		const text = planAs(flags, pushed.plan, { terminal, url: instance.url });
		if (flags.markdown) return text;
		const { paint } = terminal;
		const lines = [
			`${paint('bold', pushed.id)}  ${pushed.status}  ${pushed.at}  ${counts(pushed)}`,
			...(pushed.user === null ? [] : [paint('dim', `by the user ${pushed.user}`)]),
			...(pushed.git ? [paint('dim', commitText(pushed.git))] : []),
			...(pushed.reverts === null ? [] : [`reverts ${pushed.reverts}`]),
			...(pushed.reverted_by === null ? [] : [`reverted by ${pushed.reverted_by}`]),
			...(pushed.error === null ? [] : [paint('red', printable(pushed.error.message))]),
		];
		return `${lines.join('\n')}\n\n${text}`;
	});
	return 0;
};
