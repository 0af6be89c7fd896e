import type { RunCommand } from '../command.js';
import { duration } from '../durations.js';
import { findTarget } from '../find-target.js';
import { printable } from '../../kernel/core/printable.js';
import type { TestResult } from '../../contract/answers/targets.js';

/** Sends one test request. That the target does not take it is an error: exit code 1. */
export const test: RunCommand = async ({ connection, operands, progress, print, terminal }) => {
	const instance = connection();
	const id = await findTarget(instance, operands[0] ?? '');
	const result = await progress.during('Sending a test request', () =>
		instance.data<TestResult>('POST', `/downstream/targets/${encodeURIComponent(id)}/test`, { body: {} }),
	);
	print(result, () => {
		const { paint } = terminal;
		const lines: string[] = [];
		if (result.request) {
			lines.push(`${paint('bold', result.request.method)} ${printable(result.request.url)}`);
			for (const [name, value] of Object.entries(result.request.headers))
				lines.push(paint('dim', `  ${name}: ${printable(value)}`));
			if (result.request.body) lines.push(`  ${printable(result.request.body)}`);
		}
		if (result.response) {
			lines.push(`${paint('bold', String(result.response.status))} after ${duration(result.duration_ms)}`);
			if (result.response.body) lines.push(`  ${printable(result.response.body)}`);
		}
		lines.push(
			result.delivered
				? `${paint('green', '✔')} The target takes our requests.`
				: `${paint('red', '✖')} The target did not take it: ${printable(result.error?.message ?? result.outcome)}`,
		);
		return lines.join('\n');
	});
	return result.delivered ? 0 : 1;
};
