import { CHECK_STEPS, type CheckStep } from '../../../contract/answers/links.js';
import { listed } from '../../../kernel/core/listed.js';
import { PROTOCOL, type SyncWelcome } from '../../../contract/sync-messages.js';

export type CheckStepName = CheckStep['step'];

/** What was found out about another instance. */
export interface LinkFacts {
	url: string;
	/** This instance. */
	instance: string;
	/** Under which address the other side would reach this one. */
	ownUrl: string;
	/** Why it gave no answer at all; null where it did. */
	unreachable: string | null;
	/** Whether what answers says that it is a Directus. */
	isDirectus: boolean;
	/** Whether it has the routes of sync; null where that cannot be seen without a token that it knows. */
	hasDownstream: boolean | null;
	hasToken: boolean;
	/** How it refused the question who it is; null where it did not. */
	refusal: { status: number | null; code: string; message: string } | null;
	welcome: SyncWelcome | null;
	/** Where the extension is missing: whether Directus itself knows the token. */
	knowsToken: boolean;
	/** The instance that was behind this source before; null where none was. */
	known: string | null;
	/** How far its clock is ahead of ours, in ms, give or take the time of the request. */
	ahead: number;
	/** Collections whose rule takes changes from there, which only a source back to here sends. */
	pulled: string[];
	/** Collections to be sent that our user there may do nothing with. */
	denied: string[];
}

/** More than this apart, the clock of one side decides which change counts as newer. */
const CLOCKS_APART_MS = 60_000;

type StepResult = [state: CheckStep['state'], message: string];

/** Goes through what two instances need; each sentence says what to do, and on which side. */
export function checkLink(facts: LinkFacts): CheckStep[] {
	const steps: Record<CheckStepName, StepResult> = {
		reachable: reachable(facts),
		downstream: downstream(facts),
		token: token(facts),
		policy: policy(facts),
		protocol: protocol(facts),
		identity: identity(facts),
		clock: clock(facts),
		back: back(facts),
	};
	return CHECK_STEPS.map((step) => ({ step, state: steps[step][0], message: steps[step][1] }));
}

const LATER: StepResult = ['unknown', 'Can be seen once what is above is there.'];
const WITHOUT: StepResult = ['unknown', 'Matters only with the extension there.'];

function reachable({ url, unreachable, isDirectus }: LinkFacts): StepResult {
	if (unreachable !== null)
		return [
			'missing',
			`Nothing answers at ${url}: ${unreachable}. Fix the URL, or see that the other Directus runs and can be reached from this server.`,
		];
	if (isDirectus) return ['ok', `Directus answers at ${url}.`];
	return [
		'warning',
		`Something answers at ${url}, but it does not say that it is Directus. The URL is the one of the API, without /admin.`,
	];
}

function downstream({ url, unreachable, hasDownstream, welcome }: LinkFacts): StepResult {
	if (unreachable !== null) return LATER;
	if (welcome) return ['ok', `Downstream ${welcome.version} is installed there.`];
	if (hasDownstream === false)
		return [
			'warning',
			`The extension is not loaded at ${url}. Without it, items with UUID or text keys are sent there, one way, and nobody notices conflicts. For the rest install directus-extension-downstream there in the same version, and restart that Directus.`,
		];
	return hasDownstream ? ['ok', 'Downstream is installed there.'] : LATER;
}

function token({ url, unreachable, hasDownstream, hasToken, refusal, welcome, knowsToken }: LinkFacts): StepResult {
	if (unreachable !== null) return LATER;
	const isPlain = hasDownstream === false;
	const whose = isPlain ? 'a user who may write these items' : 'the user "Data Sync Directus"';
	if (!hasToken)
		return [
			'missing',
			`No token is stored here. Open ${whose} at ${url}, generate a token, save it, and enter it here as the API key.`,
		];
	if (welcome || knowsToken || refusal?.status === 403 || refusal?.code === 'PROTOCOL')
		return ['ok', 'The token is known there.'];
	if (isPlain || refusal?.status === 401)
		return [
			'missing',
			`The token is not known at ${url}. Open ${whose} there, generate a new token, save it, and enter it here as the API key.`,
		];
	return ['missing', refusal?.message ?? `${url} did not answer as expected.`];
}

function policy({ url, refusal, welcome, hasToken, hasDownstream, denied }: LinkFacts): StepResult {
	if (hasDownstream === false) return WITHOUT;
	if (welcome && denied.length > 0)
		return [
			'missing',
			`Its user may sync, but may not write ${listed(denied)} at ${url}. Permit it to read, create, update and delete their items in the policy "Data Sync" there.`,
		];
	if (welcome) return ['ok', 'Its user may sync there.'];
	if (hasToken && refusal?.status === 403)
		return [
			'missing',
			`The token belongs to a user at ${url} that may not sync. Use the token of "Data Sync Directus", or give that user the policy "Data Sync" there.`,
		];
	return refusal?.code === 'PROTOCOL' ? ['ok', 'Its user may sync there.'] : LATER;
}

function protocol({ url, welcome, refusal, hasDownstream }: LinkFacts): StepResult {
	if (hasDownstream === false) return WITHOUT;
	if (refusal?.code === 'PROTOCOL') return ['missing', `${refusal.message}.`];
	if (!welcome) return LATER;
	if (welcome.protocol === PROTOCOL) return ['ok', 'Both sides speak the same version of the protocol.'];
	const older = welcome.protocol < PROTOCOL ? `at ${url}` : 'here';
	return ['missing', `The sides speak different versions of the protocol: update Downstream ${older}.`];
}

function identity({ url, welcome, instance, known, hasDownstream }: LinkFacts): StepResult {
	if (!welcome) return hasDownstream === false ? WITHOUT : LATER;
	if (welcome.instance === instance)
		return [
			'missing',
			`${url} is this very instance, or a copy of its database. Point the source to another Directus. Where one of the two is a copy, run "downstream identity copy" on it.`,
		];
	if (known !== null && known !== welcome.instance)
		return ['warning', `Another instance than before answers at ${url}. Compare the two before you resume.`];
	return ['ok', `It is the instance ${welcome.instance}.`];
}

function clock({ url, welcome, ahead, hasDownstream }: LinkFacts): StepResult {
	if (!welcome) return hasDownstream === false ? WITHOUT : LATER;
	const apart = clocksApart(`at ${url}`, ahead);
	return apart === null ? ['ok', 'The clocks agree.'] : ['warning', apart];
}

/** A warning about two clocks that are too far apart; null if they agree. */
export function clocksApart(where: string, ahead: number): string | null {
	const apart = Math.abs(ahead);
	if (apart <= CLOCKS_APART_MS) return null;
	const seconds = Math.round(apart / 1_000);
	return `The clock ${where} is ${seconds} s ${ahead > 0 ? 'ahead' : 'behind'}, so "newest wins" decides wrongly. Synchronise both servers with the same time server.`;
}

function back({ url, ownUrl, welcome, pulled, hasDownstream }: LinkFacts): StepResult {
	if (hasDownstream === false && pulled.length === 0) return WITHOUT;
	if (hasDownstream === false)
		return [
			'missing',
			`Nothing can be taken from ${url} without the extension there: install it, or let the rules only send.`,
		];
	if (!welcome) return LATER;
	if (welcome.knows_you) return ['ok', 'A published remote source there sends to this instance.'];
	if (pulled.length === 0) return ['ok', 'None is needed: nothing is taken from there.'];
	return [
		'missing',
		`The rules for ${listed(pulled)} take changes from there, but nothing there sends them. Make a remote source at ${url} with the URL ${ownUrl} and the same rules, publish it, and check it there once.`,
	];
}
