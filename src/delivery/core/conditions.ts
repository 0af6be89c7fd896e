import { CONDITION_CODES } from '../../contract/condition-codes.js';
import { STATE_OF, type Condition, type Overall } from '../../contract/answers/conditions.js';
import type { TargetState } from '../../contract/vocabulary.js';
import { isoTime } from '../../kernel/core/iso-time.js';
import { heldUntil, nextProbe, type Health } from './target-health.js';

/** What is known of a target beside its health. */
export interface TargetFacts {
	/** Why this instance sends nothing at all; null where it does. */
	off: 'setting' | 'identity' | null;
	paused: boolean;
	/** Problems of its rules and options. */
	issues: number;
	/** Nothing can ever be owed to it: it has no rules. */
	unused: boolean;
	pending: number;
	sending: number;
	retrying: number;
	failed: number;
	/** Open conflicts, on this instance and, as it has told, on the remote. */
	conflicts: { local: number; remote: number };
	/** Fields that are not sent to it, as `collection.field`. */
	withheld: string[];
}

/** All that can be said of a target, the most urgent first; never empty. Every page, list and message is made of this. */
export function conditionsOf(health: Health, facts: TargetFacts, now: number): Condition[] {
	const { off, paused, issues, conflicts, withheld, retrying, failed } = facts;
	const queued = facts.pending + facts.sending + retrying;
	const conditions: Condition[] = [];
	if (off !== null) conditions.push({ code: 'off', reason: off });
	if (paused) conditions.push({ code: 'paused', queued });
	if (issues > 0) conditions.push({ code: 'invalid', count: issues });
	// What is not sent to does not fail: what its last request was told is history.
	const isTried = off === null && !paused && issues === 0;
	if (isTried && health.openedAt !== null)
		conditions.push({
			code: 'failing',
			since: isoTime(health.openedAt),
			next_probe_at: isoTime(nextProbe(health, now)),
			queued,
			error: health.lastError,
		});
	if (failed > 0) conditions.push({ code: 'failed', count: failed });
	if (conflicts.local + conflicts.remote > 0) conditions.push({ code: 'conflicts', ...conflicts });
	if (withheld.length > 0) conditions.push({ code: 'incomplete', fields: withheld });
	if (isTried) {
		const until = heldUntil(health, now);
		if (until !== null) conditions.push({ code: 'held', until: new Date(until).toISOString(), queued });
		if (health.openedAt === null && (retrying > 0 || health.failures > 0))
			conditions.push({ code: 'retrying', count: retrying, error: health.lastError });
	}
	if (conditions.length > 0) return conditions;
	if (facts.unused) return [{ code: 'unused' }];
	return [{ code: health.lastSuccessAt === null ? 'untried' : 'healthy' }];
}

/** The coarser word for them. */
export const stateOf = (conditions: readonly Condition[]): TargetState =>
	conditions.map(({ code }) => STATE_OF[code]).find((state) => state !== null) ?? 'healthy';

/** Waiting for this long is no longer "on its way". */
const BEHIND_MS = 60_000;

/** A target as far as the sentence about all of them needs it. */
interface Named {
	name: string;
	conditions: readonly Condition[];
}

/** How everything is, in one sentence: what loses changes first, then what keeps them from arriving, then what delays them. */
export function overallOf(facts: {
	/** Changes cannot be recorded. */
	isBroken: boolean;
	off: TargetFacts['off'];
	targets: readonly Named[];
	/** Changes that should have been sent by now, and for how long the oldest has waited. */
	due: number;
	lagMs: number;
	/** Conflicts with instances that no target leads to. */
	otherConflicts: number;
}): Overall {
	const { targets, due } = facts;
	const say = (code: Overall['code'], count = 0, names: string[] = []): Overall => ({ code, names, count });
	const has = <Code extends Condition['code']>(code: Code) =>
		targets.flatMap(({ name, conditions }) =>
			conditions
				.filter((each): each is Extract<Condition, { code: Code }> => each.code === code)
				.map((each) => ({ name, condition: each })),
		);
	if (facts.isBroken) return say('broken');
	if (facts.off === 'identity') return say('identity');
	if (facts.off === 'setting') return say('off', due);
	if (targets.length === 0 && facts.otherConflicts === 0) return say('none');
	for (const code of CONDITION_CODES) {
		const some = has(code);
		const names = some.map(({ name }) => name);
		if (code === 'conflicts') {
			const count = has(code).reduce((sum, { condition: { local, remote } }) => sum + local + remote, 0);
			if (count + facts.otherConflicts > 0) return say(code, count + facts.otherConflicts, names);
		} else if (code === 'failed' && some.length > 0)
			return say(
				code,
				has(code).reduce((sum, { condition }) => sum + condition.count, 0),
				names,
			);
		else if (isTrouble(code) && some.length > 0) return say(code, some.length, names);
	}
	if (due > 0) return say(facts.lagMs > BEHIND_MS ? 'behind' : 'on_the_way', due);
	if (has('healthy').length > 0) return say('up_to_date');
	return say(has('untried').length > 0 ? 'untried' : 'unused');
}

const TROUBLES = ['failing', 'invalid', 'incomplete', 'held', 'retrying', 'paused'] as const;
const isTrouble = (code: Condition['code']): code is (typeof TROUBLES)[number] =>
	(TROUBLES as readonly string[]).includes(code);

/**
 * How long it takes to send what waits, in ms, at the pace of the latest requests; null where nothing flows or nothing is
 * known of the pace.
 */
export function drainMs(facts: {
	conditions: readonly Condition[];
	queued: number;
	p50Ms: number | null;
	batchSize: number;
	concurrency: number;
	/** Requests per second that the target allows. */
	perSecond: number | null;
}): number | null {
	const { queued, p50Ms, batchSize, concurrency, perSecond } = facts;
	const stands = facts.conditions.some(({ code }) => ['off', 'paused', 'invalid', 'failing', 'held'].includes(code));
	if (stands || queued === 0 || p50Ms === null) return null;
	const requests = Math.ceil(queued / Math.max(1, batchSize));
	const each = Math.max(p50Ms / Math.max(1, concurrency), perSecond ? 1_000 / perSecond : 0);
	return Math.round(requests * each);
}
