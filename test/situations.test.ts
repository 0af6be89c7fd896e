import { describe, expect, it } from 'vitest';
import { diagnose } from '../src/app/status/diagnose.js';
import type { Condition, ConditionCode, Overall } from '../src/contract/answers/conditions.js';
import type { TargetStatus } from '../src/contract/answers/status.js';
import { sayingsOf } from '../src/contract/condition-words.js';
import { conditionsOf, overallOf, stateOf, type TargetFacts } from '../src/delivery/core/conditions.js';
import { incidentWords } from '../src/delivery/core/incident-words.js';
import { HEALTHY, type Health } from '../src/delivery/core/target-health.js';
import { fillWords } from '../src/kernel/core/fill-words.js';
import { sayConditions, sayOverall } from '../src/kernel/core/say-conditions.js';
import { incidentState } from '../src/modules/overview/incident-state.js';
import { lookOf } from '../src/modules/overview/overall-tone.js';
import { toRow } from '../src/modules/targets/target-rows.js';
import englishLines from '../src/modules/words/en-US/conditions.js';
import englishOverview from '../src/modules/words/en-US/overview.js';
import dutchLines from '../src/modules/words/nl-NL/conditions.js';
import dutchOverview from '../src/modules/words/nl-NL/overview.js';

/**
 * One table of situations: every combination of what can be known of a target. What the overview, the lists, the target's
 * page, the command line, diagnostics and notifications say of each is compared: none may contradict another.
 */
const NOW = Date.UTC(2026, 11, 1, 9);
const ERROR = { code: 'HTTP_500', message: 'down' };
const HEALTHS: Health[] = [
	HEALTHY,
	{ ...HEALTHY, lastSuccessAt: NOW - 9 },
	{ ...HEALTHY, lastSuccessAt: NOW - 9, failures: 1, lastFailureAt: NOW - 5, lastError: ERROR },
	{ ...HEALTHY, failures: 7, openedAt: NOW - 60_000, probeAt: NOW + 40_000, lastFailureAt: NOW, lastError: ERROR },
	{ ...HEALTHY, lastSuccessAt: NOW - 9, holdUntil: NOW + 90_000 },
];
const CHOICES: { [Fact in keyof TargetFacts]: TargetFacts[Fact][] } = {
	off: [null, 'setting', 'identity'],
	paused: [false, true],
	issues: [0, 2],
	unused: [false, true],
	pending: [0, 3],
	sending: [0],
	retrying: [0, 2],
	failed: [0, 1, 2],
	conflicts: [
		{ local: 0, remote: 0 },
		{ local: 1, remote: 0 },
		{ local: 0, remote: 2 },
	],
	withheld: [[], ['posts.body']],
};

const situations = (Object.entries(CHOICES) as [keyof TargetFacts, unknown[]][]).reduce(
	(some, [fact, values]) => some.flatMap((facts) => values.map((value) => ({ ...facts, [fact]: value }))),
	[{}] as object[],
) as TargetFacts[];

/** What each surface says of one situation. */
function toldOf(health: Health, facts: TargetFacts) {
	const conditions = conditionsOf(health, facts, NOW);
	const queued = facts.pending + facts.sending + facts.retrying;
	const overall = overallOf({
		isBroken: false,
		off: facts.off,
		targets: [{ name: 'Shop', conditions }],
		due: queued,
		lagMs: 0,
		otherConflicts: 0,
	});
	const status = { id: 't', kind: 'sync', name: 'Shop', state: stateOf(conditions), conditions } as TargetStatus;
	const diagnostics = diagnose({
		now: NOW,
		pending: queued,
		plannerLag: 0,
		targets: [{ ...status, mode: null, clock_ahead_ms: null }],
		engine: { name: 'embedded', why: '', isStandIn: false },
		startError: null,
		outboxError: null,
		seesStatements: true,
		caughtUp: null,
		triggers: { enabled: false, collections: [], problems: [] },
		off: [],
		held: null,
		settings: [],
		isSwitchedOff: facts.off === 'setting',
		failed: facts.failed,
		brokenOff: [],
		drift: null,
		holds: () => ({}),
		peer: () => null,
	});
	const row = toRow({ id: 't', name: 'Shop', url: 'https://a.example', status: 'published', schema: [] }, status, '?');
	const over = incidentWords({
		incident: { startedAt: NOW - 60_000, count: 3, lastError: ERROR } as never,
		notice: 'over',
		name: 'Shop',
		affected: 3,
		failed: facts.failed,
		retrying: facts.retrying,
	});
	return { conditions, overall, status, row, diagnostics, over };
}

/** Every sentence that the Studio shows of it, in a language. */
function studio(conditions: Condition[], overall: Overall, language: 'en' | 'nl') {
	const [lines, overview] = language === 'en' ? [englishLines, englishOverview] : [dutchLines, dutchOverview];
	const { key, places, count } = lookOf(overall);
	return {
		sentence: fillWords(overview.sentence[key], places, count),
		lines: conditions.flatMap((condition) =>
			sayingsOf(condition).map((saying) =>
				fillWords(lines[saying.key], { ...saying.places, time: 'in 40 s' }, saying.count),
			),
		),
	};
}

/** That of conditions by which nothing is missing and nobody has to do anything. */
const FINE: ConditionCode[] = ['healthy', 'untried', 'unused'];

describe('every situation is told alike', () => {
	it('has thousands of situations', () => {
		expect(situations.length * HEALTHS.length).toBeGreaterThan(5_000);
	});

	it('on the overview, in the lists, on the page of the target, and by the command line', () => {
		for (const health of HEALTHS)
			for (const facts of situations) {
				const { conditions, overall, row, status } = toldOf(health, facts);
				const [first] = conditions;
				const about = JSON.stringify({
					facts,
					health: HEALTHS.indexOf(health),
					codes: conditions.map(({ code }) => code),
				});
				// The chip of the list and of the page is what needs somebody most.
				expect(row.state, about).toBe(first?.code);
				// The sentence about everything is one of what is said of the targets, and fine only where all is.
				if (overall.code === 'identity') expect(first, about).toMatchObject({ code: 'off', reason: 'identity' });
				else if (['up_to_date', 'on_the_way', 'behind', 'untried', 'unused'].includes(overall.code))
					expect(
						conditions.every(({ code }) => FINE.includes(code)),
						about,
					).toBe(true);
				else
					expect(
						conditions.map(({ code }) => code),
						about,
					).toContain(overall.code);
				if (conditions.some(({ code }) => FINE.includes(code))) expect(conditions, about).toHaveLength(1);
				// What is said is whole in both languages, and the command line says what the Studio says.
				const [english, dutch] = [studio(conditions, overall, 'en'), studio(conditions, overall, 'nl')];
				expect(english.lines, about).toHaveLength(dutch.lines.length);
				for (const text of [...english.lines, ...dutch.lines, english.sentence, dutch.sentence])
					expect(text, about).toMatch(/^[^{}|]+[^{}|\s]$/);
				expect(english.sentence, about).toBe(sayOverall(overall));
				const said = sayConditions(conditions, NOW).map((text) => text.replace(/: (now|in [^.]+)\.$/, ': in 40 s.'));
				expect(said, about).toEqual(english.lines);
				// An incident goes on only where something is still tried.
				const isStopped = conditions.some(({ code }) => ['off', 'paused', 'invalid'].includes(code));
				expect(incidentState({ resolved_at: null }, status) === 'ongoing', about).toBe(!isStopped);
				// `state` says nothing else.
				if (status.state === 'healthy')
					expect(['healthy', 'untried', 'conflicts', 'incomplete', 'off'], about).toContain(first?.code);
			}
	});

	it('by diagnostics and notifications, too', () => {
		for (const health of HEALTHS)
			for (const facts of situations) {
				const { conditions, overall, diagnostics, over } = toldOf(health, facts);
				const about = JSON.stringify({ facts, health: HEALTHS.indexOf(health) });
				const codes = diagnostics.map(({ code }) => code);
				const has = (code: ConditionCode) => conditions.some((condition) => condition.code === code);
				expect(codes.includes('TARGET_OPEN'), about).toBe(has('failing'));
				expect(codes.includes('TARGET_PAUSED'), about).toBe(has('paused'));
				expect(codes.includes('TARGET_HELD'), about).toBe(has('held'));
				expect(codes.includes('TARGET_INVALID'), about).toBe(has('invalid'));
				expect(codes.filter((code) => code === 'FAILED').length, about).toBe(facts.failed > 0 ? 1 : 0);
				expect(codes.includes('CONFLICTS'), about).toBe(has('conflicts'));
				// "Up to date" is said nowhere while something has failed for good.
				if (facts.failed > 0) {
					expect(over.subject, about).not.toMatch(/up to date/);
					expect(over.text, about).toContain(`${facts.failed} deliver`);
					expect(sayOverall(overall), about).not.toMatch(/up to date/);
				} else expect(over.text, about).not.toMatch(/for good/);
			}
	});
});
