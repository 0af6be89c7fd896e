import { readItem, readItems } from '@directus/sdk';
import { notFound } from 'next/navigation';
import { keepUntilItChanges, readDirectus } from '../../../lib/directus';

type Props = { params: Promise<{ id: string }> };

export default async function Page({ params }: Props) {
	const { id } = await params;
	return (await article(id)) ?? notFound();
}

/** Null where there is none: that is kept too, until there is one. */
async function article(id: string) {
	'use cache';
	const { directus, read } = readDirectus();
	const found = await directus
		.request(readItem('articles', id, { fields: ['title', { author: ['id', 'name'] }] }))
		.catch(() => null);
	keepUntilItChanges(read);
	return (
		found && (
			<article>
				<h1>{found.title}</h1>
				<p>by {found.author?.name}</p>
				<p>made at {new Date().toISOString()}</p>
			</article>
		)
	);
}

/** These are made when the site is built, all others when they are first asked for. */
export async function generateStaticParams() {
	const { directus } = readDirectus();
	const articles = await directus.request(readItems('articles', { fields: ['id'], limit: 10 }));
	return articles.map(({ id }) => ({ id: String(id) }));
}
