import bulk from './bulk.js';
import causes from './causes.js';
import deliveries from './deliveries.js';
import delivery from './delivery.js';
import incidents from './incidents.js';
import flushTarget from './flush-target.js';
import flushTargets from './flush-targets.js';
import itemPanel from './item-panel.js';
import overview from './overview.js';
import shell from './shell.js';
import targetEditor from './target-editor.js';

/** All Dutch words, one entry per part; `useWords` names the parts. */
export default {
	shell,
	overview,
	'item-panel': itemPanel,
	'flush-targets': flushTargets,
	'flush-target': flushTarget,
	'target-editor': targetEditor,
	incidents,
	deliveries,
	delivery,
	bulk,
	causes,
};
