import { LIMITS } from '../../../schema.js';
import { newlyHeld, type Holds } from '../../sync/core/rules/held-back.js';
import { clocksApart } from '../../sync/core/rules/check-link.js';
import {
	WITHOUT_EXTENSION,
	type Diagnostic,
	type SettingProblem,
	type TargetStatus,
	type TriggerStatus,
} from '../../contract/answers/status.js';
import type { Condition, ConditionCode } from '../../contract/answers/conditions.js';
import { CONDITION_WORDS } from '../../contract/condition-words.js';
import { fillWords } from '../../kernel/core/fill-words.js';
import { sayConditions } from '../../kernel/core/say-conditions.js';
import type { Working } from '../../delivery/engine.js';
import type { TargetKind } from '../../contract/vocabulary.js';
import { driftText, type Drift } from '../../config/core/drift.js';
import { brokenOffText, type BrokenOffPush } from '../../config/tables/config-history.js';
import type { CaughtUp } from '../../capture/catch-up.js';

/** What is known of this instance, as far as something may be wrong with it. */
export interface Facts {
	/** ms since 1970. */
	now: number;
	pending: number;
	plannerLag: number;
	targets: TargetStatus[];
	engine: Working;
	startError: string | null;
	outboxError: string | null;
	/** Whether writes that Directus reports by neither activity nor event are noticed. */
	seesStatements: boolean;
	caughtUp: CaughtUp | null;
	triggers: TriggerStatus;
	off: { kind: TargetKind; reason: string }[];
	held: string | null;
	settings: SettingProblem[];
	/** DOWNSTREAM_ENABLED is readable and says false. */
	isSwitchedOff: boolean;
	failed: number;
	brokenOff: BrokenOffPush[];
	/** What of the configuration was changed since the last push. */
	drift: { drift: Drift; foundAt: number } | null;
	holds(target: string): Holds;
	/** The instance of a remote source; null until it has been asked. */
	peer(target: string): string | null;
}

type Add = (level: Diagnostic['level'], code: string, message: string) => void;

/** What an admin should look into, and what to do about it. */
export function diagnose(facts: Facts): Diagnostic[] {
	const diagnostics: Diagnostic[] = [];
	const add: Add = (level, code, message) => void diagnostics.push({ level, code, message });
	diagnoseInstance(facts, add);
	diagnoseRecording(facts, add);
	diagnoseSettings(facts, add);
	diagnoseQueue(facts, add);
	diagnoseTargets(facts, add);
	return diagnostics;
}

/** What is off, who this instance is, and whether its configuration is what was pushed. */
function diagnoseInstance(facts: Facts, add: Add): void {
	for (const { kind, reason } of facts.off)
		add('error', 'OFF', `${kind === 'flush' ? 'Flush' : 'Sync'} is off, nothing is recorded or sent for it: ${reason}`);
	if (facts.held) add('error', 'IDENTITY_HELD', facts.held);
	for (const push of facts.brokenOff) add('error', 'PUSH_BROKEN_OFF', brokenOffText(push));
	if (facts.drift)
		add(
			'warning',
			'CONFIG_DRIFT',
			`The configuration is not what the last push left (found at ${new Date(facts.drift.foundAt).toISOString()}), ${driftText(facts.drift.drift)}. "downstream diff --exit-code drift" shows it; pull it, or push again.`,
		);
}

/** Whether Downstream is ready, and every change is noticed, written down and found. */
function diagnoseRecording(facts: Facts, add: Add): void {
	if (facts.startError)
		add(
			'error',
			'NOT_READY',
			`${facts.startError} Downstream tries again until it succeeds. Until then changes are kept to be recorded, and nothing is sent.`,
		);
	if (facts.caughtUp && facts.caughtUp.untracked.length > 0)
		add(
			'warning',
			'CAUGHT_UP',
			`Items were changed while nothing was recorded. ${facts.caughtUp.changes} changes were recovered from Directus' activity log, but ${facts.caughtUp.untracked.join(', ')} have none: flush and compare these by hand.`,
		);
	if (facts.engine.isStandIn)
		add('warning', 'REDIS_AWAY', `${facts.engine.why} Each node finds its work in the database by itself meanwhile.`);
	if (facts.outboxError)
		add(
			'error',
			'OUTBOX_BROKEN',
			`Changes cannot be recorded and are kept in memory: ${facts.outboxError}. Fix the table downstream_outbox (restarting Directus creates it if it is missing) before this process ends.`,
		);
	if (!facts.seesStatements)
		add(
			'warning',
			'STATEMENTS_UNSEEN',
			'Downstream does not know the version of Knex in this Directus: writes without activity and events (flows without events, services of other extensions, raw SQL) are not noticed. Report the version of Directus.',
		);
	for (const { collection, problem } of facts.triggers.problems)
		add(
			'error',
			'TRIGGERS',
			`Changes that other processes make to ${collection === '*' ? 'watched collections' : collection} are not seen, because database triggers are missing: ${problem}. Changes made by Directus are recorded as usual.`,
		);
}

function diagnoseSettings(facts: Facts, add: Add): void {
	for (const { name, problem } of facts.settings) add('error', 'SETTING', `${name}: ${problem}.`);
	if (facts.isSwitchedOff)
		add('warning', 'DISABLED', 'Changes are recorded but nothing is sent, because DOWNSTREAM_ENABLED is false.');
}

function diagnoseQueue(facts: Facts, add: Add): void {
	if (facts.pending > LIMITS.queueError)
		add(
			'error',
			'QUEUE',
			`${facts.pending} changes wait to be sent. See which target is slow or failing, and pause or fix it.`,
		);
	else if (facts.pending > LIMITS.queueWarn)
		add('warning', 'QUEUE', `${facts.pending} changes wait to be sent. See which target is slow or failing.`);
	if (facts.plannerLag > 60_000)
		add(
			'error',
			'PLANNER_STALLED',
			`The oldest change has waited ${Math.round(facts.plannerLag / 1000)} s to be planned. The log of Directus says why.`,
		);
}

function diagnoseTargets(facts: Facts, add: Add): void {
	for (const [instance, same] of Map.groupBy(facts.targets, ({ id }) => facts.peer(id)))
		if (instance !== null && same.length > 1)
			add(
				'warning',
				'SAME_REMOTE',
				`${same.map(({ name }) => `"${name}"`).join(' and ')} are the same instance under different addresses, so it receives every change more than once. Put their rules into one remote source.`,
			);
	for (const target of facts.targets) {
		for (const message of newlyHeld({}, facts.holds(target.id)))
			add('warning', 'SCHEMA_HOLDS', `"${target.name}": ${message}. It is sent as soon as it fits.`);
		for (const [collection, { refused }] of Object.entries(facts.holds(target.id)))
			if (refused.length > 0)
				add(
					'warning',
					'FIELDS_REFUSED',
					`"${target.name}" does not take ${refused.join(', ')} of ${collection}: permit its Data Sync user to write them there, or take them out of the rule.`,
				);
		const apart = clocksApart(`at "${target.name}"`, target.clock_ahead_ms ?? 0);
		if (apart !== null) add('warning', 'CLOCKS_APART', apart);
		if (target.mode === 'plain') add('warning', 'NO_EXTENSION', `"${target.name}": ${WITHOUT_EXTENSION}`);
		// What every page says of the target, in the same words.
		for (const told of target.conditions) {
			const diagnostic = OF_TARGET[told.code];
			const text = sayConditions([told], facts.now).join(' ');
			const why = 'error' in told && told.error ? ` (${told.error.message})` : '';
			if (diagnostic) add(diagnostic.level, diagnostic.code, `"${target.name}": ${text}${why}`);
		}
	}
	const elsewhere = facts.failed - facts.targets.reduce((sum, { conditions }) => sum + failedOf(conditions), 0);
	if (elsewhere > 0)
		add('warning', 'FAILED', `Of targets that are not published: ${fillWords(CONDITION_WORDS.failed, {}, elsewhere)}`);
}

/** What of a target's conditions is a diagnostic, too; fields that are not sent are told with the reason for each. */
const OF_TARGET: Partial<Record<ConditionCode, { level: Diagnostic['level']; code: string }>> = {
	invalid: { level: 'error', code: 'TARGET_INVALID' },
	failing: { level: 'error', code: 'TARGET_OPEN' },
	held: { level: 'warning', code: 'TARGET_HELD' },
	paused: { level: 'warning', code: 'TARGET_PAUSED' },
	conflicts: { level: 'warning', code: 'CONFLICTS' },
	failed: { level: 'warning', code: 'FAILED' },
};

const failedOf = (conditions: readonly Condition[]): number =>
	conditions.reduce((sum, told) => sum + (told.code === 'failed' ? told.count : 0), 0);
