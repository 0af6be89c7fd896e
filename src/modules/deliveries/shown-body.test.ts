import { expect, it } from 'vitest';
import { showRequest } from '../../kernel/core/mask.js';
import { showBody } from './shown-body.js';

it('indents JSON and leaves everything else as it is', () => {
	expect(showBody('[{"a":1}]').text).toBe('[\n  {\n    "a": 1\n  }\n]');
	expect(showBody('<html>').text).toBe('<html>');
	expect(showBody('{"a":').text).toBe('{"a":');
	expect(showBody('12345678901234567890').text).toBe('12345678901234567890');
});

it('tells that a body was cut, and how long it was', () => {
	const body = `["${'x'.repeat(20_000)}"]`;
	const kept = showRequest({ method: 'POST', url: '', headers: {}, body }, []).body ?? '';
	const { text, cutFrom } = showBody(kept);
	expect(cutFrom).toBe(body.length);
	expect(body.startsWith(text)).toBe(true);
});
