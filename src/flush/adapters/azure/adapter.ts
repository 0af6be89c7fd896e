import { z } from 'zod';
import type { Verdict } from '../../../delivery/core/verdict.js';
import { inGroupsOf } from '../../../kernel/core/in-groups-of.js';
import type { WireResponse } from '../../../kernel/core/wire.js';
import { SigningError, type Adapter, type AdapterTarget } from '../adapter.js';
import { JSON_HEADERS } from '../authorize.js';
import { baseUrl, identifier, under } from '../cdn-options.js';
import { packChanges, partsOf, type Load } from '../pack.js';
import { pagePath, pageUrls, widePatterns } from '../page-url.js';
import { judgeRefusal } from '../refusal.js';
import { words } from './words.js';

const guid = (what: string) =>
	z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, `expected the ID of the ${what}, a GUID`);

const options = z.strictObject({
	tenant: guid('directory').meta({ description: 'The ID of the directory (tenant).' }),
	client_id: guid('application').meta({
		description: 'The ID of the application (client) that is registered for this.',
	}),
	subscription: guid('subscription').meta({ description: 'The ID of the subscription.' }),
	resource_group: z
		.string()
		.regex(/^[\w.()-]{1,90}$/, 'expected the name of a resource group')
		.meta({ description: 'The name of the resource group.' }),
	profile: identifier().meta({ description: 'The name of the Front Door profile.' }),
	endpoint: identifier().meta({ description: 'The name of the endpoint in that profile, not its host name.' }),
	domains: z
		.array(z.string().min(1))
		.max(100)
		.optional()
		.meta({ description: 'Which custom domains are purged. Without: that of the endpoint, and all of its own.' }),
	base_url: baseUrl('Azure Resource Manager', 'https://management.azure.com'),
	login_url: baseUrl('Microsoft Entra', 'https://login.microsoftonline.com'),
});
type Options = z.output<typeof options>;

/** 100 to a request (https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits); `*` would be a wildcard. */
const paths = ({ url }: AdapterTarget<Options>): Load => ({
	of: (change) => pageUrls(change, url).map((page) => pagePath(page).replaceAll('*', '%2A')),
	max: 100,
});

function judge(response: WireResponse): Verdict | null {
	if (response.status === 404)
		return {
			kind: 'failed',
			code: 'HTTP_404',
			message: 'Azure knows no such endpoint: check subscription, resource_group, profile and endpoint',
		};
	return judgeRefusal(
		response,
		'Azure',
		'check that the application may do Microsoft.Cdn/profiles/afdEndpoints/purge/action, as with the role CDN Profile Contributor',
	);
}

function purge(part: string[], { options }: AdapterTarget<Options>) {
	const { subscription, resource_group, profile, endpoint, domains, base_url } = options;
	const place = `/subscriptions/${subscription}/resourceGroups/${encodeURIComponent(resource_group)}/providers/Microsoft.Cdn/profiles/${profile}/afdEndpoints/${endpoint}`;
	return {
		method: 'POST',
		url: under(base_url, `${place}/purge?api-version=2023-05-01`),
		headers: JSON_HEADERS,
		body: JSON.stringify({ contentPaths: part, ...(domains ? { domains } : {}) }),
	};
}

export const adapter: Adapter<Options> = {
	name: 'azure',
	title: 'Azure Front Door',
	icon: 'door_front',
	words,
	description:
		'Purges paths from an endpoint of Azure Front Door (Standard or Premium), which knows no tags. The API key is a client secret of the application.',
	options,
	signs: false,
	group: (changes, target) => packChanges(changes, target.options.batch_size, [paths(target)]),
	requests: (group, target) => {
		return partsOf(group, paths(target)).map((part) => purge(part, target));
	},
	wide: ({ wide }, target) => inGroupsOf(100, widePatterns(wide, target.url)).map((part) => purge(part, target)),
	token({ apiKey, options: { tenant, client_id, login_url, base_url } }) {
		if (!apiKey) return null;
		const scope = `${new URL(base_url).origin}/.default`;
		return {
			request: {
				method: 'POST',
				url: under(login_url, `/${tenant}/oauth2/v2.0/token`),
				headers: { 'content-type': 'application/x-www-form-urlencoded' },
				body: new URLSearchParams({
					grant_type: 'client_credentials',
					client_id,
					client_secret: apiKey,
					scope,
				}).toString(),
			},
			check:
				'check tenant and client_id, and that api_key is the value (not the ID) of a client secret that has not expired',
		};
	},
	sign(request, _target, { token }) {
		if (!token) throw new SigningError('Azure needs an api_key: the value of a client secret of the application');
		return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
	},
	judge,
	rate: () => null,
};
