import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Short files that take minutes. Vitest begins with the longest files: these would keep one worker busy at the end. */
const SLOW = /\/(kill|writes|sync-chaos|config-data|refused-saves|events-[\w-]+)\.e2e\.ts$/;

class SlowFilesFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const sorted = await super.sort(files);
		const isSlow = ({ moduleId }: TestSpecification) => SLOW.test(moduleId);
		return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
	}
}

/** Two projects: `unit` needs nothing but this repository, `e2e` real Directus processes and databases. */
export default defineConfig({
	test: {
		sequence: { sequencer: SlowFilesFirst },
		projects: [
			{
				extends: true,
				test: {
					name: 'unit',
					// Generated tests do much: a busy machine takes longer than the usual five seconds for some of them.
					testTimeout: 30_000,
					include: [
						'schema.test.ts',
						'src/**/*.test.ts',
						'test/*.test.ts',
						'test/providers/*.test.ts',
						'test/kit/*.test.ts',
						'test/cli/*.test.ts',
					],
				},
			},
			{
				extends: true,
				test: {
					name: 'e2e',
					include: ['test/e2e/**/*.e2e.ts'],
					globalSetup: ['test/kit/global-setup.ts'],
					// Each file runs Directus processes of its own; more than two files at once starve a machine of two cores.
					maxWorkers: 2,
					testTimeout: 60_000,
					// A hook may be the first to need a template database, and then waits for its bootstrap.
					hookTimeout: 240_000,
				},
			},
		],
	},
});
