import fc from 'fast-check';
import type { Issue } from '../src/contract/issue.js';
import { expect, test } from 'vitest';
import { routes } from '../src/contract/routes.js';
import { compileRule } from '../src/capture/core/watch.js';
import { closureOf, compileSyncRules } from '../src/sync/core/rules/compile-sync-rules.js';
import { checkRemoteSource } from '../src/sync/core/rules/validate-remote-source.js';
import { checkSyncOptions, checkSyncRules } from '../src/sync/core/rules/validate-sync-rules.js';
import { checkTarget } from '../src/flush/core/validate-target.js';
import { checkFlushOptions, checkFlushRules } from '../src/flush/core/validate-rules.js';
import { adapter, anything, dryRunBody, listQuery, options, rules, syncRules } from './bad-input.js';
import { SCHEMA } from './schema-overview.js';
import { SYNC_SCHEMA } from './sync-schema.js';

const seed = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const run = (property: fc.IProperty<unknown[]> | fc.IProperty<never>, numRuns: number) =>
	fc.assert(property as fc.IProperty<unknown[]>, { seed, numRuns });

/** Every issue names a place as a JSON pointer, and says something; what was sent there is there, or is missing. */
function tells(issues: Issue[]): void {
	for (const { path, code, message } of issues) {
		expect(path).toMatch(/^(\/([^~]|~[01])*)*$/su);
		expect(code).toMatch(/^[a-z_]+$/);
		expect(message.trim().length).toBeGreaterThan(5);
		expect(message).not.toMatch(/\[object|undefined is not|Cannot read|is not a function|Invalid input$/);
	}
}

test(`any rules are judged, never a crash, and what passes can be compiled (seed ${seed})`, () => {
	run(
		fc.property(rules, (document) => {
			const { rules: checked, issues } = checkFlushRules(document, SCHEMA);
			tells(issues);
			for (const [index, rule] of checked.entries()) {
				const mine = issues.filter(({ path }) => path === `/${index}` || path.startsWith(`/${index}/`));
				expect(mine.length > 0).toBe(rule === null);
				if (rule) expect(compileRule(rule, 'target', index, SCHEMA).rule).toEqual(rule);
			}
			if (issues.length === 0) expect(Array.isArray(document)).toBe(true);
		}),
		4_000,
	);
}, 120_000);

test('any rules of a remote source are judged, and what passes can be compiled', () => {
	run(
		fc.property(syncRules, (document) => {
			const { rules: checked, issues } = checkSyncRules(document, SYNC_SCHEMA);
			tells(issues);
			for (const [index, rule] of checked.entries()) {
				const mine = issues.filter(({ path }) => path === `/${index}` || path.startsWith(`/${index}/`));
				expect(mine.length > 0).toBe(rule === null);
				if (rule) expect(Array.isArray(closureOf(rule, [rule], SYNC_SCHEMA))).toBe(true);
			}
			const compiled = compileSyncRules(checked, 'source', SYNC_SCHEMA);
			const collections = compiled.map(({ rule }) => rule.collection);
			expect(new Set(collections).size).toBe(collections.length);
			for (const rule of checked) if (rule) expect(collections).toContain(rule.collection);
		}),
		4_000,
	);
}, 120_000);

test('any options are judged', () => {
	run(
		fc.property(options, (given) => {
			const { options: read, issues } = checkSyncOptions(given);
			tells(issues);
			expect(read === null).toBe(issues.length > 0);
		}),
		1_000,
	);
	run(
		fc.property(adapter, options, (wanted, given) => {
			const { options: read, issues } = checkFlushOptions(wanted, given);
			tells(issues);
			expect(read === null).toBe(issues.length > 0);
			if (read) expect(read.batch_size).toBeGreaterThan(0);
		}),
		2_000,
	);
}, 60_000);

test('any target is judged', () => {
	const row = fc.record(
		{ url: anything, auth_header: anything, signing_secret: anything, schema: rules, options, adapter },
		{ requiredKeys: [] },
	);
	run(
		fc.property(row, (target) => tells(checkTarget(target, SCHEMA))),
		1_000,
	);
	run(
		fc.property(row, syncRules, (source, schema) => tells(checkRemoteSource({ ...source, schema }, SYNC_SCHEMA))),
		1_000,
	);
}, 60_000);

test('any input of any route is read, or refused with the place', () => {
	const names = Object.keys(routes) as (keyof typeof routes)[];
	const input = fc.oneof(dryRunBody, listQuery, anything, fc.record({ ids: anything, filter: listQuery }));
	run(
		fc.property(fc.constantFrom(...names), input, (name, given) => {
			const parsed = routes[name].input.safeParse(given);
			if (parsed.success) return;
			for (const { path, message } of parsed.error.issues) {
				expect(Array.isArray(path)).toBe(true);
				expect(message.length).toBeGreaterThan(5);
			}
		}),
		2_500,
	);
}, 60_000);
