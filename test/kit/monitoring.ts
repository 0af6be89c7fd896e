import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { ROOT } from './playground.js';
import { until } from './wait.js';

const FOLDER = join(ROOT, 'examples', 'monitoring');

interface Dashboard {
	panels: { title: string; targets?: { expr: string }[] }[];
}

/** The alerts as they ship. */
export const alertRules = (): string => readFileSync(join(FOLDER, 'alerts.yml'), 'utf8');

/** What the dashboard's panels ask for. */
export function panelQueries(): { title: string; expr: string }[] {
	const { panels } = JSON.parse(readFileSync(join(FOLDER, 'dashboard.json'), 'utf8')) as Dashboard;
	return panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
}

/** What the alerts ask for. */
export function alertQueries(): { title: string; expr: string }[] {
	const alerts = [...alertRules().matchAll(/- alert: (\w+)\n\s+expr: (.+)\n/g)];
	return alerts.map(([, title = '', expr = '']) => ({ title, expr }));
}

/**
 * What a query names that an answer of `/metrics` does not have: metrics, and labels of those.
 * @param answer must have a sample of each metric, since nothing else tells its labels
 */
export function unknownNames(expr: string, answer: string): string[] {
	const labelsOf = new Map<string, Set<string>>();
	for (const [, metric = '', labels = ''] of answer.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
		const known = labelsOf.get(metric) ?? new Set();
		for (const [, label = ''] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) known.add(label);
		labelsOf.set(metric, known);
	}
	const asked = [...expr.matchAll(/\b(downstream_\w+)(?:\{([^}]*)\})?/g)];
	// Prometheus itself adds these two.
	const all = new Set(['instance', 'job', ...asked.flatMap(([, metric = '']) => [...(labelsOf.get(metric) ?? [])])]);
	return [
		...asked.flatMap(([, metric = '', matchers = '']) => {
			const known = labelsOf.get(metric);
			if (!known) return [metric];
			const labels = [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label);
			return labels.filter((label) => !known.has(label)).map((label) => `${metric}{${label}}`);
		}),
		...[...expr.matchAll(/\bby \(([^)]*)\)/g)]
			.flatMap(([, labels = '']) => labels.split(',').map((label) => label.trim()))
			.filter((label) => !all.has(label))
			.map((label) => `by (${label})`),
	];
}

/** A Prometheus that scrapes nodes each second, and evaluates rules as often. */
export interface Prometheus {
	/** What a query gives now, as the API answers it. */
	ask(expr: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]>;
	/** The names of the alerts that fire now. */
	firing(): Promise<string[]>;
	stop(): Promise<void>;
}

/** Starts one; null where none is installed. */
export async function startPrometheus(options: {
	nodes: string[];
	token: string;
	rules: string;
}): Promise<Prometheus | null> {
	const folder = mkdtempSync(join(tmpdir(), 'downstream-prometheus-'));
	const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
	write('rules.yml', options.rules);
	write('token', options.token);
	write(
		'prometheus.yml',
		JSON.stringify({
			global: { scrape_interval: '1s', evaluation_interval: '1s' },
			rule_files: ['rules.yml'],
			scrape_configs: [
				{
					job_name: 'downstream',
					metrics_path: '/downstream/metrics',
					authorization: { credentials_file: 'token' },
					static_configs: [{ targets: options.nodes.map((url) => new URL(url).host) }],
				},
			],
		}),
	);
	const port = await freePort();
	const settings = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', '--log.level=warn'];
	const server = spawn('prometheus', [...settings, `--web.listen-address=127.0.0.1:${port}`], {
		cwd: folder,
		stdio: 'ignore',
	});
	const gone = new Promise<null>((resolve) => {
		server.once('error', () => resolve(null));
		server.once('exit', () => resolve(null));
	});
	const url = `http://127.0.0.1:${port}`;
	const read = async <T>(path: string) => ((await (await fetch(url + path)).json()) as { data: T }).data;
	const stop = async () => {
		server.kill('SIGKILL');
		await gone;
		rmSync(folder, { recursive: true, force: true });
	};
	const isReady = until(async () => (await fetch(`${url}/-/ready`)).ok, { timeout: 60_000 });
	if ((await Promise.race([isReady, gone])) === null) {
		isReady.catch(() => {});
		await stop();
		return null;
	}
	return {
		ask: async (expr) =>
			(await read<{ result: never[] }>(`/api/v1/query?query=${encodeURIComponent(expr)}`)).result ?? [],
		async firing() {
			const { alerts } = await read<{ alerts: { state: string; labels: Record<string, string> }[] }>('/api/v1/alerts');
			return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels['alertname'] ?? '');
		},
		stop,
	};
}
