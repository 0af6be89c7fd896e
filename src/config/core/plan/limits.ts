import { isRecord } from '../../../kernel/core/is-record.js';
import type { Element } from '../../../contract/bundle.js';
import type { ConfigLimits, ConfigState } from '../elements/config-state.js';
import { columnOf, sameJson } from './diff-values.js';
import type { Sides } from './dependencies.js';
import type { PlanFacts } from './plan-options.js';
import { isElementKind } from '../elements/kinds.js';
import type { Change, ConfigIssue } from '../../../contract/plan.js';
import { stepOf } from '../../../contract/config-kinds.js';
import { recommendedPermission } from '../elements/recommended-permissions.js';
import { count } from '../../../kernel/core/count.js';
import { part } from '../schema/schema-vendors.js';

/** Everything in a plan that the target's licence does not allow, or that it hides too much for; all of it at once. */
export function limitIssues(
	changes: readonly Change[],
	sides: Sides,
	state: Pick<ConfigState, 'limits' | 'hidden'>,
): ConfigIssue[] {
	const active = changes.filter(({ kept, action, completes }) => !kept && action !== 'none' && !completes);
	return [
		...inShort(collectionIssues(active, state.limits), 'collections'),
		...inShort(flowIssues(active, sides, state.limits), 'flows'),
		...inShort(ruleIssues(active, sides, state.limits), 'permissions'),
		...[...Map.groupBy(hiddenIssues(active, state.hidden), ({ path }) => path.split(':')[0] ?? '').entries()].flatMap(
			([kind, issues]) => inShort(issues, kind),
		),
	];
}

/** With more problems of a kind than this, one is described and the others are only named. */
const SAID_EACH = 5;
const NAMED = 10;

/** Elements with the same problem: 300 collections over a limit are one message, not 300. */
function inShort(issues: NamedIssue[], what: string): ConfigIssue[] {
	const [first] = issues;
	if (!first || issues.length <= SAID_EACH) return issues.map(plain);
	const others = issues.slice(1).map(({ name }) => `"${name}"`);
	const more = others.length > NAMED ? ` and ${others.length - NAMED} more` : '';
	const named = `${others.slice(0, NAMED).join(', ')}${more}`;
	return [
		{
			...plain(first),
			message: `${issues.length} ${what} have this problem. The first: ${first.message}. The others: ${named}`,
		},
	];
}

const plain = ({ file, path, code, message, suggestion }: NamedIssue): ConfigIssue => ({
	file,
	path,
	code,
	message,
	suggestion,
});

type NamedIssue = ConfigIssue & { name: string };

const issue = (change: Change, code: string, message: string, suggestion: string): NamedIssue => ({
	name: change.name,
	file: null,
	path: stepOf(change),
	code,
	message,
	suggestion,
});

/** Directus counts when a collection is created: those that are dropped in the same push make no room. */
function collectionIssues(changes: readonly Change[], { collections: { used, limit } }: ConfigLimits): NamedIssue[] {
	if (limit === null) return [];
	const added = changes.filter((change) => {
		const to = (name: string) => change.fields.find(({ field }) => field === name)?.to;
		if (change.kind !== 'collections') return false;
		if (change.action === 'update') return to('meta.status') === 'active';
		const status = part(to('meta'))['status'];
		return (
			change.action === 'create' &&
			isRecord(to('schema')) &&
			isRecord(to('meta')) &&
			(status === undefined || status === 'active')
		);
	});
	return added
		.slice(Math.max(0, limit - used))
		.map((change) =>
			issue(
				change,
				'collections_limit',
				`collection "${change.name}" is one too many: the licence of this instance allows ${limit}, it has ${used}, and this push adds ${added.length}`,
				'leave it out, set its status to inactive, drop others in a push before this one, or extend the licence',
			),
		);
}

/** Whether a flow runs, as far as a licence counts it; without a status Directus makes it active. */
const runs = (flow: Element | undefined): boolean =>
	flow !== undefined && (flow['status'] === undefined || flow['status'] === 'active');

/** Flows that start or stop running, which is what a licence counts. */
export function flowsThatCount(
	changes: readonly Change[],
	{ before, after }: Sides,
): { start: Change[]; stop: Change[] } {
	const start: Change[] = [];
	const stop: Change[] = [];
	for (const change of changes) {
		if (change.kind !== 'flows' || change.kept) continue;
		const [was, becomes] = [before.get(stepOf(change)), after.get(stepOf(change))];
		const ran = change.action !== 'create' && runs(was);
		const touched = change.fields.some(({ field }) => field === 'status');
		const willRun =
			change.action === 'create' ? runs(becomes) : change.action === 'update' && (touched ? runs(becomes) : ran);
		if (!ran && willRun) start.push(change);
		if (ran && !willRun) stop.push(change);
	}
	return { start, stop };
}

function flowIssues(changes: readonly Change[], sides: Sides, { flows: { used, limit } }: ConfigLimits): NamedIssue[] {
	if (limit === null) return [];
	const { start, stop } = flowsThatCount(changes, sides);
	const room = Math.max(0, limit - (used - stop.length));
	return start
		.slice(room)
		.map((change) =>
			issue(
				change,
				'flows_limit',
				`flow "${change.name}" is one active flow too many: the licence of this instance allows ${limit}, ${used} are active, ` +
					`and of this push ${count(start.length, 'flow')} would start and ${stop.length} stop`,
				'set its status to inactive, deactivate another one, leave it out, or extend the licence',
			),
		);
}

/** Whether Directus takes a permission for one with rules of its own (`license/entitlements`, 12.4). */
export function isCustomRule(permission: Record<string, unknown>): boolean {
	const { fields, permissions, validation, presets, action, collection } = permission;
	const isEmpty = (value: unknown) => Object.keys(isRecord(value) ? value : {}).length === 0;
	const everyField = Array.isArray(fields) && fields.includes('*');
	if (everyField && isEmpty(permissions) && isEmpty(validation) && isEmpty(presets)) return false;
	if (validation || presets) return true;
	const recommended = recommendedPermission(collection, action);
	if (!recommended) return true;
	return (
		!sameJson(recommended.fields ?? null, fields ?? null) || !sameJson(recommended.permissions, permissions ?? null)
	);
}

function ruleIssues(
	changes: readonly Change[],
	{ before, after }: Sides,
	{ customPermissionRules }: ConfigLimits,
): NamedIssue[] {
	if (customPermissionRules) return [];
	return changes.flatMap((change) => {
		if (change.kind !== 'permissions' || change.action === 'delete') return [];
		const permission = { ...before.get(stepOf(change)), ...after.get(stepOf(change)) };
		if (!isCustomRule(permission)) return [];
		const all = Array.isArray(permission['fields']) && permission['fields'].includes('*');
		return [
			issue(
				change,
				'custom_permission_rules',
				`permission "${change.name}" has rules of its own (${all ? 'a filter, a validation or presets' : 'single fields'}), which the licence of this instance does not include`,
				'give it all fields (*) and no filter, leave it out, or extend the licence',
			),
		];
	});
}

/** What is hidden cannot be compared, and nothing may be deleted because it could not be seen. */
function hiddenIssues(changes: readonly Change[], hidden: ConfigState['hidden']): NamedIssue[] {
	const rights = hidden.permissions ?? 0;
	return changes.flatMap((change) => {
		const { kind, action, name } = change;
		const count = isElementKind(kind) ? (hidden[kind] ?? 0) : 0;
		if (count > 0) {
			return [
				issue(
					change,
					'hidden_rows',
					`${kind} "${name}" cannot be changed: this instance hides ${count} of its ${kind} from everybody, so that it is not known what is there`,
					`leave out ${kind}, or add the licence that shows them`,
				),
			];
		}
		if (rights === 0 || action !== 'delete' || (kind !== 'policies' && kind !== 'collections')) return [];
		return [
			issue(
				change,
				'hidden_rows',
				`${kind} "${name}" cannot be deleted: it could take some of the ${rights} permissions with it that this instance hides`,
				`leave it out, or add the licence that shows them`,
			),
		];
	});
}

/** Changes that may need more seats than there are; certain is only what the dry run says. */
export function seatWarnings(
	changes: readonly Change[],
	sides: Sides,
	{ seats: { used, limit } }: ConfigLimits,
	facts: PlanFacts,
): ConfigIssue[] {
	if (limit === null) return [];
	return changes.flatMap((change): ConfigIssue[] => {
		if (change.kind !== 'policies' || change.kept || change.action !== 'update') return [];
		const [before, after] = [sides.before.get(stepOf(change)), sides.after.get(stepOf(change))];
		const seated = (policy: Element | undefined) =>
			policy?.['app_access'] === true || policy?.['admin_access'] === true;
		const users = facts.usersOfPolicy?.[change.local_id ?? ''] ?? facts.usersOfPolicy?.[change.sync_id] ?? 0;
		const grows = !seated(before) || change.fields.some(({ field }) => columnOf(field) === 'roles');
		if (!seated(after) || !grows || users === 0 || used + users <= limit) return [];
		return [
			plain(
				issue(
					change,
					'seats_limit',
					`policy "${change.name}" gives access to the app to ${count(users, 'user')}; the licence of this instance allows ${limit} seats, and ${used} are taken`,
					'users who already have a seat do not take another one: a dry run shows the exact number',
				),
			),
		];
	});
}
