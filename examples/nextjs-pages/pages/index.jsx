import { readItems } from '@directus/sdk';
import Link from 'next/link';
import { staticPage } from '../lib/directus';

export default function List({ articles, madeAt }) {
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
			<p>made at {madeAt}</p>
		</main>
	);
}

export const getStaticProps = () =>
	staticPage('/', async (directus) => ({
		articles: await directus.request(readItems('articles', { fields: ['id', 'title'], sort: ['title'], limit: -1 })),
	}));
