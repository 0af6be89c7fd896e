import { expect, it } from 'vitest';
import { bytesIn, refusedFile } from './file-limits.js';

it.each([
	['10mb', 10 * 1024 * 1024],
	['1.5 KB', 1536],
	['200', 200],
	['', null],
	[undefined, null],
	['many', null],
])('reads the size %j as %j bytes', (text, bytes) => expect(bytesIn(text)).toBe(bytes));

it.each([
	['image/png', ['*/*'], null],
	['image/png', ['image/*'], null],
	['image/svg+xml', ['image/{png,svg+xml}'], null],
	['text/html', ['image/*', 'application/pdf'], 'FILE_TYPE_NOT_ALLOWED'],
	['image/png/x', ['image/*'], 'FILE_TYPE_NOT_ALLOWED'],
	[null, ['image/*'], 'FILE_TYPE_NOT_ALLOWED'],
	[undefined, ['image/*'], null],
	['text/html', ['(((', '\\'], 'FILE_TYPE_NOT_ALLOWED'],
])('a file of the type %j where %j are allowed: %j', (type, types, code) =>
	expect(refusedFile({ type }, { types, size: null })?.code ?? null).toBe(code),
);

it('is taken up to the size that is allowed', () => {
	const limits = { types: ['*/*'], size: 100 };
	expect(refusedFile({ size: 100 }, limits)).toBeNull();
	expect(refusedFile({ size: 101 }, limits)?.code).toBe('FILE_TOO_LARGE');
	expect(refusedFile({ size: 'a lot' }, limits)).toBeNull();
});
