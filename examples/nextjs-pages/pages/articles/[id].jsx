import { readItem } from '@directus/sdk';
import { staticPage } from '../../lib/directus';

export default function Article({ article, madeAt }) {
	return (
		<article>
			<h1>{article.title}</h1>
			<p>by {article.author?.name}</p>
			<p>made at {madeAt}</p>
		</article>
	);
}

export const getStaticProps = ({ params }) =>
	staticPage(`/articles/${params.id}`, async (directus) => {
		const fields = ['title', { author: ['id', 'name'] }];
		const article = await directus.request(readItem('articles', params.id, { fields })).catch(() => null);
		return article && { article };
	});

/** Each page is made when it is first asked for. */
export const getStaticPaths = () => ({ paths: [], fallback: 'blocking' });
