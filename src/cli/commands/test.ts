import type { RunCommand } from '../command.js';
import { duration } from '../durations.js';
import { findTarget } from '../find-target.js';
import { printable } from '../../kernel/core/printable.js';
import type { TestResult } from '../../contract/answers/targets.js';

/** Sends one test request. That the target does not take it is an error: exit code 1. */
export const test: RunCommand = async ({ connection, operands, progress, print, terminal }) => {
	const instance = connection();
	const id = await findTarget(instance, operands[0] ?? '');
	const found = await progress.during('Sending a test request', () =>
		instance.data<TestResult>('POST', `/downstream/targets/${encodeURIComponent(id)}/test`, { body: {} }),
	);
	print(found, () => {
		const { paint } = terminal;
		const lines: string[] = [];
		if (found.request) {
			lines.push(`${paint('bold', found.request.method)} ${printable(found.request.url)}`);
			for (const [name, value] of Object.entries(found.request.headers))
				lines.push(paint('dim', `  ${name}: ${printable(value)}`));
			if (found.request.body) lines.push(`  ${printable(found.request.body)}`);
		}
		if (found.response) {
			lines.push(`${paint('bold', String(found.response.status))} after ${duration(found.duration_ms)}`);
			if (found.response.body) lines.push(`  ${printable(found.response.body)}`);
		}
		lines.push(
			found.delivered
				? `${paint('green', '✔')} The target takes our requests.`
				: `${paint('red', '✖')} The target did not take it: ${printable(found.error?.message ?? found.outcome)}`,
		);
		return lines.join('\n');
	});
	return found.delivered ? 0 : 1;
};
