import { expect, it } from 'vitest';
import type { Status, TargetStatus } from '../endpoint/answers.js';
import { stateSentence } from './state-sentence.js';

const target = (name: string, state: TargetStatus['state']): TargetStatus => ({
	id: name,
	kind: 'flush',
	name,
	state,
	pending: 0,
	lag_ms: 0,
	last_success_at: null,
	last_failure_at: null,
	last_error: null,
	next_probe_at: null,
	held_until: null,
	batch_bytes: null,
	clock_ahead_ms: null,
	p50_ms: null,
	p95_ms: null,
	fresh: null,
	mode: null,
	conflicts: 0,
	on_release: false,
	opens_at: null,
});

const status = (change: Partial<Status> = {}): Status => ({
	version: '0.0.0',
	engine: 'embedded',
	engine_reason: 'Directus has no Redis.',
	enabled: true,
	nodes: 1,
	background: { share: 1, waiting_ms: 0, spent_ms: 0 },
	identity: { state: 'known', reason: null },
	outbox: { pending: 0, lag_ms: 0, error: null },
	deliveries: { pending: 0, sending: 0, delivered: 5, retrying: 0, failed: 0, cancelled: 0 },
	conflicts: 0,
	triggers: { enabled: false, collections: [], problems: [] },
	targets: [target('Shop', 'healthy')],
	settings: [],
	diagnostics: [],
	...change,
});

it('says that all is well only where nothing waits', () => {
	expect(stateSentence(status({ conflicts: 2 }))).toMatchObject({ key: 'conflicts', places: { count: 2 } });
	expect(stateSentence(status()).key).toBe('in_step');
	expect(stateSentence(status({ outbox: { pending: 3, lag_ms: 200, error: null } }))).toMatchObject({
		key: 'on_their_way',
		places: { count: 3 },
	});
});

it('tells a backlog from deliveries in flight', () => {
	expect(stateSentence(status({ outbox: { pending: 3, lag_ms: 90_000, error: null } })).key).toBe('behind');
});

it('names the worst first, and not more names than fit', () => {
	const targets = ['a', 'b', 'c', 'd'].map((name) => target(name, 'open'));
	const said = stateSentence(status({ targets: [target('p', 'paused'), target('r', 'degraded'), ...targets] }));
	expect(said).toMatchObject({ key: 'failing', tone: 'danger', places: { names: 'a, b + 2', count: 4 } });
});

it('puts lost capture above everything', () => {
	const targets = [target('a', 'open')];
	expect(stateSentence(status({ targets, outbox: { pending: 0, lag_ms: 0, error: 'no such table' } })).key).toBe(
		'broken',
	);
});

it('knows an instance that has nothing to tell', () => {
	expect(stateSentence(status({ targets: [] })).key).toBe('none');
	expect(stateSentence(status({ enabled: false })).key).toBe('off');
});
