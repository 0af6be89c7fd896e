import { ELEMENT_KINDS, type Bundle, type Element } from '../../src/contract/bundle.js';
import { copied } from './config-world.js';

/** One of every kind created, changed and deleted, in the schema too. */
export function everythingChanged(bundle: Bundle): Bundle {
	const changed = copied(bundle);
	const { schema } = changed;
	if (!schema) throw new Error('no schema was pulled');
	schema.collections.push({ collection: 'made', meta: { collection: 'made', icon: 'box' }, schema: { name: 'made' } });
	schema.fields.push(
		{
			collection: 'made',
			field: 'id',
			type: 'integer',
			meta: { collection: 'made', field: 'id' },
			schema: { is_primary_key: true, has_auto_increment: true },
		},
		{
			collection: 'made',
			field: 'page',
			type: 'integer',
			meta: { collection: 'made', field: 'page', special: ['m2o'] },
			schema: {},
		},
		{
			collection: 'c_001',
			field: 'added',
			type: 'string',
			meta: { collection: 'c_001', field: 'added', interface: 'input' },
			schema: { max_length: 255 },
		},
	);
	schema.relations.push({
		collection: 'made',
		field: 'page',
		related_collection: 'c_001',
		meta: { many_collection: 'made', many_field: 'page', one_collection: 'c_001', one_deselect_action: 'nullify' },
		schema: { on_delete: 'SET NULL' },
	});
	const title = schema.fields.find(({ collection, field }) => collection === 'c_001' && field === 'title');
	if (title) title['meta'] = { ...(title['meta'] as object), note: 'Changed.' };
	schema.fields = schema.fields.filter(({ collection, field }) => collection !== 'c_002' || field !== 'summary');
	for (const kind of ELEMENT_KINDS) {
		if (kind === 'settings') {
			for (const settings of changed.elements.settings ?? []) settings['project_name'] = 'Changed';
			continue;
		}
		const list = changed.elements[kind] ?? [];
		const [first] = list.filter(({ _syncId }) => !_syncId.startsWith('_sync_default'));
		const last = list.at(-1);
		if (!first || !last) continue;
		const mine = ['name', 'bookmark', 'value', 'key'].find((field) => typeof first[field] === 'string');
		if (mine && kind !== 'operations') first[mine] = 'Changed';
		if (kind === 'permissions') first['action'] = 'share';
		if (kind === 'operations') first['name'] = 'Changed';
		const made: Element = { ...structuredClone(last), _syncId: `made-${kind}` };
		if (kind === 'flows' || kind === 'folders')
			made._syncId = `${kind === 'flows' ? 'f10f10f1' : 'f01de500'}-1111-4222-8333-444444444444`;
		if (kind === 'flows') Object.assign(made, { operation: null, status: 'inactive' });
		if (kind === 'operations') Object.assign(made, { key: 'made', resolve: null, reject: null });
		if (kind === 'permissions') Object.assign(made, { action: 'share', collection: 'c_002' });
		if (kind === 'translations') made['key'] = 'made';
		if (typeof made['name'] === 'string') made['name'] = 'Made';
		if (typeof made['bookmark'] === 'string') made['bookmark'] = 'Made';
		list.push(made);
		if (kind === 'presets' || kind === 'translations' || kind === 'panels') list.splice(list.indexOf(last), 1);
	}
	return changed;
}
