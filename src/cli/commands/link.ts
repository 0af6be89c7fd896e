import { printable } from '../../kernel/core/printable.js';
import type { RunCommand } from '../command.js';
import { Failure } from '../failure.js';
import { linkCopy } from '../link-copy.js';
import { findTarget } from '../find-target.js';
import type { DataOf } from '../../contract/routes.js';

/** Whether a text can be a code of `pair`. */
const isCode = (text: string): boolean => text.length >= 10 && text.length <= 100 && /^[\w-]+$/.test(text);

/**
 * Pairs two instances: makes a code on the one that receives, uses it from the other one, or revokes the credential.
 */
export const link: RunCommand = async (context) => {
	const { connection, operands, flags, progress, print, secret, terminal } = context;
	if (flags.copyOf !== undefined) return linkCopy(context, flags.copyOf);
	if (operands[0] === undefined) throw new Failure('INVALID_ARGUMENTS', 'Say which remote source, or --copy-of.');
	const code = flags.code ?? secret('DOWNSTREAM_CODE');
	if (code !== undefined && !flags.remove && !isCode(code))
		throw new Failure('INVALID_ARGUMENTS', 'This is not a pairing code.', {
			advice:
				'Run "downstream link <remote>" on the other instance to make one. It can be used once, within 15 minutes.',
		});
	const instance = connection();
	const named = operands[0] ?? '';
	const id = await findTarget(instance, named, ['sync']);
	const ask = <T>(what: string, path: string, body: object) =>
		progress.during(what, () =>
			instance.data<T>('POST', `/downstream/sync/peers/${encodeURIComponent(id)}/${path}`, { body }),
		);
	const remote = printable(named);
	const done = terminal.paint('green', '✔');
	if (flags.remove) {
		const taken = await ask<DataOf<'syncUnpair'>>(`Revoking the credential of "${remote}"`, 'unpair', {});
		print(taken, () =>
			taken.revoked > 0
				? `${done} The credential of "${remote}" is revoked: its instance is not let in with it any more.`
				: `"${remote}" had no credential here.`,
		);
	} else if (code !== undefined) {
		const met = await ask<DataOf<'syncRedeem'>>(`Using the code at "${remote}"`, 'redeem', { code });
		print(met, () =>
			[
				`${done} Paired: ${instance.url} now has its own credential for "${remote}", stored encrypted in api_key.`,
				`For the other direction, make a code on ${instance.url} and use it there.`,
			].join('\n'),
		);
	} else {
		const made = await ask<DataOf<'syncPairing'>>(`Making a code for "${remote}"`, 'pair', {});
		print(made, () =>
			[
				`Code for the instance of "${remote}", valid once, until ${made.expires_at}:`,
				'',
				`  ${terminal.paint('bold', made.code)}`,
				'',
				`Run this for that instance, where <remote> is its name for ${instance.url}:`,
				'',
				`  downstream link <remote> --code ${made.code} -u <its URL> -t <token of an admin there>`,
			].join('\n'),
		);
	}
	return 0;
};
