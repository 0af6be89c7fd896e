/** Words of what a flush target is sent: automatic tags or rules, and how soon visitors see it. */
export default {
	title: 'What is sent',
	automatic: 'Automatic',
	recommended: 'Recommended',
	automatic_about:
		'A change drops exactly the pages that show it, and nobody writes rules: each read of Directus says by tags what it was made from, and pages are kept by them.',
	rules: 'Rules',
	rules_about:
		'You say for each collection which events are sent, with which fields, tags and paths. For webhooks that need values, and for sites that do not keep pages by tags.',
	by_path:
		'{name} purges by path. It is sent the paths of the pages that your front end reports to Directus; until it reports any, nothing is purged.',
	to_automatic:
		'From the next save on, each change sends the tags of the reads that it makes out of date. | From the next save on, each change sends the tags of the reads that it makes out of date. 1 rule is kept, and not used. | From the next save on, each change sends the tags of the reads that it makes out of date. {count} rules are kept, and not used.',
	to_automatic_site:
		'Let your site or CDN keep its pages by these tags first: pages that it keeps by tags of its own are not dropped any more.',
	to_rules:
		'From the next save on, nothing is sent until there is a rule. | From the next save on, changes are sent as 1 rule says. | From the next save on, changes are sent as {count} rules say.',
	to_rules_site: 'Pages that are kept by the tags of reads are not dropped any more.',
	site: 'What your site needs',
	site_cdn:
		'A CDN in front of Directus or of your pages: set DOWNSTREAM_RESPONSE_TAGS to the header that it reads, such as Cache-Tag.',
	site_server:
		'A front end that renders on a server: collectTags() of directus-extension-downstream/client gathers the tags of a page.',
	site_path: 'Purging by path: reportPages() of the same package tells Directus which page shows what.',
	collections: 'Collections',
	all: 'All',
	all_note: 'Your own collections, and files.',
	only: 'Only these',
	only_note: 'Tags of other collections are not sent. Rows that these show, such as translations, count all the same.',
	add_collection: 'Add collection',
	versions: 'Preview site',
	versions_note:
		'A site that shows drafts is told of content versions, by the tag of their item. Leave it off for the live site, or drafts drop its pages.',
	versions_on: 'Also send changes of content versions',
	dates: 'Dates that pass',
	dates_note:
		'When the date in one of these fields passes, that counts as an update although nobody saves: for pages that filter by now.',
	add_dates: 'Add a date field of …',
	add_date: 'Add date field',
	no_dates: 'No collection has a date field.',
	drop: 'Remove {name}',
	check: 'Time to fresh',
	check_note: 'After each purge, pages that it dropped are fetched as a visitor would, until they are new.',
	check_paths: 'Which pages: those that your front end reports, or that the rules name by path.',
	off: 'Off',
	on: 'Measure',
};
