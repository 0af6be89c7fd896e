import type { Bundle, Element } from '../../../contract/bundle.js';
import { columnOf } from './diff-values.js';
import type { Sides } from './dependencies.js';
import { findCredentials } from '../secrets/find-credentials.js';
import { referencesOf } from '../elements/element-values.js';
import { FIXED_SYNC_IDS, isElementKind } from '../elements/kinds.js';
import type { PlanFacts } from './plan-options.js';
import type { Change } from '../../../contract/plan.js';
import { stepOf } from '../../../contract/config-kinds.js';
import { schemaRisks, type ColumnSides, type Findings } from '../schema/schema-risks.js';
import { count } from '../../../kernel/core/count.js';

/** What the risks of a change are judged by, beside the change itself. */
export interface RiskContext {
	sides: Sides;
	facts: PlanFacts;
	/** What goes with an element when the database deletes it, by `kind:syncId`, as `4 permissions`. */
	goesWith: (step: string) => string[];
	/** The columns of changed fields, by `collection.field`. */
	columnOf: (name: string) => ColumnSides | null;
}

/** Steps with why they deserve a second look, and what goes with them. */
export function withRisks(change: Change, context: RiskContext): Change {
	const findings: Findings = { risk: new Set(change.risk), impact: [...change.impact] };
	if (change.action === 'delete') findings.risk.add('destructive');
	if (isElementKind(change.kind)) {
		elementRisks(change, context, findings);
		credentials(change, context, findings);
	} else if (change.kind !== 'extensions')
		schemaRisks(change, context.facts, findings, change.kind === 'fields' ? context.columnOf(change.sync_id) : null);
	if (change.action === 'delete') findings.impact.push(...context.goesWith(stepOf(change)));
	return { ...change, risk: [...findings.risk], impact: [...new Set(findings.impact)] };
}

function elementRisks(change: Change, { sides, facts }: RiskContext, findings: Findings): void {
	const { kind, action } = change;
	const before = sides.before.get(stepOf(change));
	const after = sides.after.get(stepOf(change));
	const columns = new Set(change.fields.map(({ field }) => columnOf(field)));
	if (kind === 'permissions') permissionRisks(change, after ?? before, sides, findings);
	if (kind === 'policies') policyRisks({ change, before, after, columns }, facts, findings);
	if (kind === 'roles') roleRisks(change, columns, facts, findings);
	if (kind === 'settings' && [...columns].some((column) => /^(public_registration|auth_)/.test(column))) {
		findings.risk.add('rights');
		if (change.fields.some(({ field, to }) => field === 'public_registration' && to === true)) {
			findings.impact.push('anybody can register');
		}
	}
	if (kind === 'settings' && action === 'update') ownSettings(change, columns, findings);
	if (kind === 'flows') flowRisks({ change, before, after, columns }, findings);
	if (action === 'update' && kind === 'operations' && columns.has('key')) {
		findings.risk.add('breaking');
		findings.impact.push(`other operations that read {{${String(before?.['key'])}}} find nothing there any more`);
	}
	if (action !== 'create' && kind === 'translations' && (columns.has('key') || action === 'delete')) {
		findings.risk.add('breaking');
		findings.impact.push(`$t:${String(before?.['key'])} is not translated any more`);
	}
}

/** Settings that say which instance this is, or what it has installed: people choose them for each environment. */
const OF_THE_ENVIRONMENT = [
	'project_name',
	'project_descriptor',
	'project_color',
	'public_note',
	'report_error_url',
	'report_bug_url',
	'report_feature_url',
	'module_bar',
];

function ownSettings({ fields }: Change, columns: ReadonlySet<string>, { risk, impact }: Findings): void {
	if (!OF_THE_ENVIRONMENT.some((column) => columns.has(column))) return;
	risk.add('environment');
	const name = fields.find(({ field }) => field === 'project_name');
	if (name) impact.push(`the project is called ${JSON.stringify(name.to ?? null)} then`);
	if (fields.some(({ field, to }) => field === 'module_bar' && (to === null || (Array.isArray(to) && to.length === 0))))
		impact.push('the module bar loses all its entries');
	else if (columns.has('module_bar')) impact.push('the module bar changes');
}

interface Edited {
	change: Change;
	before: Element | undefined;
	after: Element | undefined;
	columns: ReadonlySet<string>;
}

function permissionRisks(
	change: Change,
	element: Element | undefined,
	{ before, after }: Sides,
	findings: Findings,
): void {
	findings.risk.add('rights');
	const policy = `policies:${String(element?.['policy'])}`;
	const held = after.get(policy) ?? before.get(policy);
	if (held && isPublic(held) && change.action !== 'delete') {
		findings.impact.push(`public: applies to everybody, without logging in`);
	}
}

/** Whether a policy applies to everybody who is not logged in. */
function isPublic(policy: Element): boolean {
	const roles = policy['roles'];
	const attached = Array.isArray(roles) && roles.some((entry: { role?: unknown }) => entry.role === null);
	return policy._syncId === FIXED_SYNC_IDS.publicPolicy || attached;
}

/** Fields of a policy that say what those who have it may do. */
const POLICY_RIGHTS = ['admin_access', 'app_access', 'enforce_tfa', 'ip_access', 'roles'];

function policyRisks({ change, before, after, columns }: Edited, facts: PlanFacts, findings: Findings): void {
	if (change.action !== 'update' || POLICY_RIGHTS.some((column) => columns.has(column))) findings.risk.add('rights');
	const users = facts.usersOfPolicy?.[change.local_id ?? ''] ?? facts.usersOfPolicy?.[change.sync_id];
	if (change.action === 'delete') {
		if (users) findings.impact.push(`${count(users, 'user')} ${users === 1 ? 'loses' : 'lose'} this policy`);
		return;
	}
	const gains = (field: string) => after?.[field] === true && before?.[field] !== true;
	if (gains('admin_access')) findings.impact.push(`gives admin access${users ? ` to ${count(users, 'user')}` : ''}`);
	else if (gains('app_access'))
		findings.impact.push(`gives access to the app${users ? ` to ${count(users, 'user')}` : ''}`);
	if (before && columns.has('enforce_tfa') && after?.['enforce_tfa'] !== true)
		findings.impact.push('no second factor is asked for any more');
	if (before && columns.has('ip_access')) findings.impact.push('the addresses from which it applies change');
	if (after && isPublic(after) && !(before && isPublic(before)))
		findings.impact.push('becomes public: applies to everybody, without logging in');
}

function roleRisks(change: Change, columns: ReadonlySet<string>, facts: PlanFacts, findings: Findings): void {
	if (change.action === 'delete' || columns.has('parent')) findings.risk.add('rights');
	const users = facts.usersOfRole?.[change.local_id ?? ''] ?? facts.usersOfRole?.[change.sync_id];
	if (change.action === 'delete' && users) {
		findings.impact.push(
			`${count(users, 'user')} ${users === 1 ? 'loses' : 'lose'} this role and ${users === 1 ? 'is' : 'are'} suspended`,
		);
	}
}

/** What callers of a flow notice. */
function flowRisks({ change, before, after, columns }: Edited, findings: Findings): void {
	if (!before || before['trigger'] === null || change.action === 'create') return;
	const isWebhook = before['trigger'] === 'webhook';
	const stops = change.action === 'delete' || (columns.has('status') && after?.['status'] !== 'active');
	const options = change.fields.filter(({ field }) => columnOf(field) === 'options');
	const address = options.filter(({ field }) => /^options(\.(method|async|cacheEnabled|return))?$/.test(field));
	if (stops && before['status'] === 'active') {
		findings.risk.add('breaking');
		findings.impact.push(isWebhook ? 'its webhook stops answering' : 'it stops running');
	}
	if (columns.has('trigger') && change.action === 'update') {
		findings.risk.add('breaking');
		findings.impact.push(`is not started by ${String(before['trigger'])} any more`);
	} else if (isWebhook && change.action === 'update' && address.length > 0) {
		findings.risk.add('breaking');
		findings.impact.push('callers of its webhook have to change');
	}
}

/** A credential in a file is one in version control. The flow's fields are shown by their place alone. */
function credentials(change: Change, { sides }: RiskContext, findings: Findings): void {
	const element = sides.after.get(stepOf(change));
	if (change.action === 'delete' || !element) return;
	const columns = [...new Set(change.fields.map(({ field }) => columnOf(field)))];
	const places = columns
		.filter((column) => column !== 'key')
		.flatMap((column) => findCredentials(element[column], column));
	if (places.length === 0) return;
	findings.risk.add('secret');
	findings.impact.push(`looks like a credential: ${places.join(', ')}`);
}

/** What refers to an element in a way that the database deletes it too, or that it cannot do without. */
export function goesWith(current: Bundle, deleted: ReadonlySet<string>): (step: string) => string[] {
	const children = new Map<string, Map<string, number>>();
	const add = (step: string, kind: string) => {
		const counts = children.get(step) ?? new Map<string, number>();
		children.set(step, counts.set(kind, (counts.get(kind) ?? 0) + 1));
	};
	for (const [kind, elements] of Object.entries(current.elements)) {
		if (!isElementKind(kind)) continue;
		for (const element of elements) {
			if (deleted.has(`${kind}:${element._syncId}`)) continue;
			for (const { kind: other, id, path } of referencesOf(kind, element)) {
				if (path.length === 1 && CASCADES.has(`${kind}.${path[0]}`)) add(`${other}:${id}`, kind);
			}
			if (kind === 'permissions' || kind === 'presets') add(`collections:${String(element['collection'])}`, kind);
		}
	}
	return (step) =>
		Array.from(
			children.get(step) ?? [],
			([kind, number]) => `${count(number, kind.slice(0, -1), kind)} ${number === 1 ? 'goes' : 'go'} with it`,
		);
}

/** Fields whose element the database deletes together with what they name. */
const CASCADES = new Set(['permissions.policy', 'panels.dashboard', 'operations.flow', 'presets.role']);
