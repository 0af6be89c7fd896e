#!/usr/bin/env node
import * as nodeModule from 'node:module';

/** The first lines that run: on a Node that is too old, all others could not even be loaded. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 12)) {
	process.stderr.write(
		`Error: downstream needs Node 20.12 or newer, this is ${process.versions.node}.\n  → Install a newer Node from https://nodejs.org\n`,
	);
	process.exitCode = 1;
} else {
	// Compiled code is kept for the next start, where Node can do so (22.8 on): nearly half of what a start takes.
	nodeModule.enableCompileCache?.();
	const { runProcess } = await import('./run-process.js');
	await runProcess();
}
