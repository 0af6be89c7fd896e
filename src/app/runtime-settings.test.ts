import { expect, test } from 'vitest';
import { readSettings } from '../kernel/core/read-settings.js';
import { openSettings } from './runtime-settings.js';

test.each([
	[{}, 'off'],
	[{ DOWNSTREAM_TRIGGERS: 'true' }, 'on'],
	[{ DOWNSTREAM_TRIGGERS: 'off' }, 'off'],
	[{ DOWNSTREAM_TRIGGERS: 'ture' }, 'left'],
])('keeps, removes or leaves database triggers: %j', (variables, expected) => {
	const { environment, problems } = readSettings(variables);
	expect(openSettings(environment, problems).settings.triggers).toBe(expected);
});
