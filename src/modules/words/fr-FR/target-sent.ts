import type { SameKeys } from '../use-words.js';
import type english from '../en-US/target-sent.js';

export default {
	title: 'Ce qui est envoyé',
	automatic: 'Automatique',
	recommended: 'Recommandé',
	automatic_about:
		'Une modification purge exactement les pages qui l’affichent, sans règle à écrire : chaque lecture de Directus indique par des tags de quoi elle est faite, et les pages sont gardées en cache avec ces tags.',
	rules: 'Règles',
	rules_about:
		'Vous indiquez pour chaque collection les événements à envoyer, avec quels champs, tags et chemins. Pour les webhooks qui ont besoin de valeurs, et pour les sites dont le cache n’utilise pas de tags.',
	by_path:
		'{name} purge par chemin. Il reçoit les chemins des pages que votre front-end signale à Directus ; tant qu’aucune n’est signalée, rien n’est purgé.',
	to_automatic:
		'Dès le prochain enregistrement de la cible, chaque modification envoie les tags des lectures qu’elle rend périmées. | Dès le prochain enregistrement de la cible, chaque modification envoie les tags des lectures qu’elle rend périmées. 1 règle est conservée, sans être utilisée. | Dès le prochain enregistrement de la cible, chaque modification envoie les tags des lectures qu’elle rend périmées. {count} règles sont conservées, sans être utilisées.',
	to_automatic_site:
		'Faites d’abord en sorte que votre site ou votre CDN utilise ces tags : les pages gardées avec d’autres tags ne seront plus purgées.',
	to_rules:
		'Dès le prochain enregistrement de la cible, rien n’est envoyé tant qu’il n’y a pas de règle. | Dès le prochain enregistrement de la cible, les modifications sont envoyées selon 1 règle. | Dès le prochain enregistrement de la cible, les modifications sont envoyées selon {count} règles.',
	to_rules_site: 'Les pages gardées avec les tags des lectures ne seront plus purgées.',
	site: 'Ce qu’il faut à votre site',
	site_cdn:
		'Un CDN devant Directus ou devant vos pages : donnez à DOWNSTREAM_RESPONSE_TAGS le nom de l’en-tête qu’il lit, par exemple Cache-Tag.',
	site_server:
		'Un front-end rendu sur un serveur : collectTags() de directus-extension-downstream/client rassemble les tags d’une page.',
	site_path: 'La purge par chemin : reportPages() du même paquet indique à Directus quelle page affiche quoi.',
	collections: 'Collections',
	all: 'Toutes',
	all_note: 'Vos propres collections, et les fichiers.',
	only: 'Seulement celles-ci',
	only_note:
		'Les tags des autres collections ne sont pas envoyés. Les lignes affichées avec celles-ci, comme les traductions, comptent quand même.',
	add_collection: 'Ajouter une collection',
	versions: 'Site d’aperçu',
	versions_note:
		'Un site qui affiche les brouillons est averti des versions de contenu, par le tag de leur élément. À laisser désactivé pour le site public, dont les brouillons supprimeraient sinon des pages.',
	versions_on: 'Envoyer aussi les modifications des versions de contenu',
	dates: 'Échéances',
	dates_note:
		'Quand la date d’un de ces champs est atteinte, cela compte comme une mise à jour, même si personne n’enregistre : pour les pages qui filtrent selon la date du jour.',
	add_dates: 'Ajouter un champ de date de …',
	add_date: 'Ajouter un champ de date',
	no_dates: 'Aucune collection n’a de champ de date.',
	drop: 'Retirer {name}',
	check: 'Délai de mise à jour',
	check_note:
		'Après chaque purge, des pages purgées sont chargées comme par un visiteur, jusqu’à ce qu’elles soient à jour.',
	check_paths: 'Quelles pages : celles que signale votre front-end, ou que les règles désignent par leur chemin.',
	off: 'Désactivé',
	on: 'Mesurer',
} satisfies SameKeys<typeof english>;
