import { readItems } from '@directus/sdk';
import Link from 'next/link';
import { keepUntilItChanges, readDirectus } from '../lib/directus';

export default async function List() {
	'use cache';
	const { directus, read } = readDirectus();
	const articles = await directus.request(
		readItems('articles', { fields: ['id', 'title'], sort: ['title'], limit: -1 }),
	);
	keepUntilItChanges(read);
	return (
		<main>
			<h1>Articles</h1>
			<ul>
				{articles.map(({ id, title }) => (
					<li key={id}>
						<Link href={`/articles/${id}`}>{title}</Link>
					</li>
				))}
			</ul>
			<p>made at {new Date().toISOString()}</p>
		</main>
	);
}
