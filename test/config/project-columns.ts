type Part = Record<string, unknown>;

const TEXTS = ['draft', "it's", '"quoted"', 'a\\b', 'ünïcode ✓', '', '0', 'null', 'NULL', 'now', '50%', '?', '{}'];

/** A plain column as people make them: its type, and what Directus and the database are told of it. */
export function someColumn(
	below: (limit: number) => number,
	one: <Item>(list: readonly Item[]) => Item,
): [type: string, meta: Part, column: Part] {
	const text = () => one(TEXTS);
	const kinds: (() => [string, Part, Part])[] = [
		() => ['string', { interface: 'input', options: { placeholder: text() } }, { max_length: one([20, 100, 255]) }],
		() => ['string', { interface: 'input' }, { max_length: 120, default_value: text() }],
		() => ['string', { interface: 'input' }, { max_length: 80, is_unique: true }],
		() => ['string', { interface: 'input' }, { max_length: 80, is_indexed: true }],
		() => ['text', { interface: 'input-rich-text-html', options: { toolbar: ['bold', 'italic'] } }, {}],
		() => ['text', { interface: 'input-multiline', options: { trim: true } }, {}],
		() => ['integer', { interface: 'input' }, { default_value: below(200) - 100 }],
		() => ['integer', { interface: 'slider' }, { is_indexed: true }],
		() => ['bigInteger', { interface: 'input' }, {}],
		() => ['float', { interface: 'input' }, { default_value: one([0, 1.5, null]) }],
		() => ['decimal', { interface: 'input' }, { numeric_precision: 8 + below(10), numeric_scale: below(5) }],
		() => ['boolean', { interface: 'boolean', special: ['cast-boolean'] }, { default_value: one([true, false, null]) }],
		() => ['json', { interface: 'list', special: ['cast-json'] }, { default_value: one([null, [], { a: [1, 'x'] }]) }],
		() => ['csv', { interface: 'tags', special: ['cast-csv'] }, {}],
		() => ['date', { interface: 'datetime' }, {}],
		() => ['time', { interface: 'datetime' }, {}],
		() => ['dateTime', { interface: 'datetime' }, { default_value: one([null, 'CURRENT_TIMESTAMP']) }],
		() => [
			'timestamp',
			{ interface: 'datetime', display: 'datetime' },
			{ default_value: one([null, 'CURRENT_TIMESTAMP']) },
		],
		() => ['uuid', { interface: 'input', special: null }, {}],
		() => ['hash', { interface: 'input-hash', special: ['hash', 'conceal'] }, {}],
		() => [
			'alias',
			{ interface: 'presentation-divider', special: ['alias', 'no-data'], options: { title: text() } },
			{},
		],
	];
	return one(kinds)();
}
