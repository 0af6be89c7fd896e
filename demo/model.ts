/**
 * The content model of the demo, a magazine in two languages: six collections. Relations of each kind that a page
 * shows: author (m2o), tags (m2m), translations, cover (file).
 */

const integerKey = column('id', 'integer', { is_primary_key: true, has_auto_increment: true }, { hidden: true });

/** For `POST /collections`. */
export const COLLECTIONS = [
	collection('authors', 'person', '{{name}}', [
		integerKey,
		column('name', 'string', {}, { interface: 'input', required: true }),
		column('bio', 'text', {}, { interface: 'input-multiline' }),
		alias('articles', 'o2m', 'list-o2m', { template: '{{slug}}' }),
	]),
	collection('tags', 'label', '{{name}}', [
		integerKey,
		column('name', 'string', {}, { interface: 'input', width: 'half' }),
		column('slug', 'string', {}, { interface: 'input', width: 'half', options: { slug: true } }),
		alias('articles', 'm2m', 'list-m2m', { template: '{{articles_id.slug}}' }),
	]),
	collection('languages', 'translate', '{{name}}', [
		column('code', 'string', { is_primary_key: true, length: 16 }, { interface: 'input' }),
		column('name', 'string', {}, { interface: 'input' }),
	]),
	collection('articles', 'article', '{{slug}}', [
		integerKey,
		column(
			'status',
			'string',
			{ default_value: 'draft' },
			{
				interface: 'select-dropdown',
				width: 'half',
				display: 'labels',
				display_options: { showAsDot: true },
				options: { choices: ['published', 'draft', 'archived'].map((value) => ({ value, text: `$t:${value}` })) },
			},
		),
		column('published_at', 'timestamp', {}, { interface: 'datetime', width: 'half' }),
		column('slug', 'string', {}, { interface: 'input', width: 'half', options: { slug: true } }),
		column(
			'author',
			'integer',
			{},
			{ special: ['m2o'], interface: 'select-dropdown-m2o', width: 'half', options: { template: '{{name}}' } },
		),
		column('cover', 'uuid', {}, { special: ['file'], interface: 'file-image' }),
		alias('tags', 'm2m', 'list-m2m', { template: '{{tags_id.name}}' }),
		alias('translations', 'translations', 'translations', { languageField: 'name', defaultLanguage: 'en' }),
	]),
	collection(
		'articles_tags',
		'import_export',
		null,
		[integerKey, column('articles_id', 'integer'), column('tags_id', 'integer')],
		true,
	),
	collection(
		'articles_translations',
		'import_export',
		null,
		[
			integerKey,
			column('articles_id', 'integer', {}, { hidden: true }),
			column('languages_code', 'string', { length: 16 }, { hidden: true }),
			column('title', 'string', {}, { interface: 'input' }),
			column('body', 'text', {}, { interface: 'input-multiline' }),
		],
		true,
	),
];

/** For `POST /relations`, one each. */
export const RELATIONS = [
	relation('articles.author', 'authors', 'SET NULL', { one_field: 'articles' }),
	relation('articles.cover', 'directus_files', 'SET NULL'),
	relation('articles_tags.articles_id', 'articles', 'CASCADE', { one_field: 'tags', junction_field: 'tags_id' }),
	relation('articles_tags.tags_id', 'tags', 'CASCADE', { one_field: 'articles', junction_field: 'articles_id' }),
	relation('articles_translations.articles_id', 'articles', 'CASCADE', {
		one_field: 'translations',
		junction_field: 'languages_code',
	}),
	relation('articles_translations.languages_code', 'languages', 'SET NULL', { junction_field: 'articles_id' }),
];

function column(field: string, type: string, schema: object = {}, meta: object = {}) {
	return { field, type, schema, meta };
}

function alias(field: string, special: string, name: string, options: object) {
	return { field, type: 'alias', schema: null, meta: { special: [special], interface: name, options } };
}

function collection(name: string, icon: string, template: string | null, fields: object[], hidden = false) {
	return { collection: name, schema: {}, meta: { icon, display_template: template, hidden }, fields };
}

function relation(from: string, to: string, onDelete: 'CASCADE' | 'SET NULL', meta: object = {}) {
	const [collection, field] = from.split('.');
	return { collection, field, related_collection: to, schema: { on_delete: onDelete }, meta };
}
