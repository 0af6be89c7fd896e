import { describe, expect, it } from 'vitest';
import { extensionChanges, installedExtensions, type ExtensionRow } from './extension-states.js';

const row = (id: string, folder: string, more: Partial<ExtensionRow> = {}): ExtensionRow => ({
	id,
	folder,
	enabled: true,
	source: 'module',
	bundle: null,
	...more,
});

describe('extensions', () => {
	it('have the same name on every instance, whatever their ids and versions are; entries have that of their bundle', () => {
		const rows = [
			row('1', 'some-bundle'),
			row('2', 'its-hook', { bundle: '1', enabled: false }),
			row('0f8fad5b', 'version-of-today', { source: 'registry' }),
			row('3', 'its-panel', { source: 'registry', bundle: '0f8fad5b' }),
			row('4', 'entry-of-nothing', { bundle: 'gone' }),
		];
		expect(installedExtensions(rows).map(({ name, enabled }) => [name, enabled])).toEqual([
			['0f8fad5b', true],
			['0f8fad5b/its-panel', true],
			['some-bundle', true],
			['some-bundle/its-hook', false],
		]);
	});

	it('are all but this one, whatever its folder is called', () => {
		const rows = [row('1', 'my-downstream', { source: 'local' }), row('2', 'downstream-endpoint', { bundle: '1' })];
		expect(installedExtensions([...rows, row('3', 'other')]).map(({ name }) => name)).toEqual(['other']);
	});

	it('are switched on and off, never installed: missing ones are reported', () => {
		const extensions = installedExtensions([row('1', 'on'), row('2', 'off', { enabled: false }), row('3', 'same')]);
		const found = extensionChanges({ extensions }, [
			{ name: 'on', enabled: false },
			{ name: 'off', enabled: true },
			{ name: 'same', enabled: true },
			{ name: 'elsewhere', enabled: true },
		]);
		expect(found.changes).toMatchObject([
			{ sync_id: 'on', local_id: '1', risk: ['breaking'] },
			{ sync_id: 'off', local_id: '2', risk: [] },
		]);
		expect(found).toMatchObject({ none: 1, warnings: [{ path: 'extensions:elsewhere', code: 'not_installed' }] });
	});
});
