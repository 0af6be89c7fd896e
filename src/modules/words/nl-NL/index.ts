import bulk from './bulk.js';
import causes from './causes.js';
import config from './config.js';
import configPlan from './config-plan.js';
import configStart from './config-start.js';
import deliveries from './deliveries.js';
import delivery from './delivery.js';
import incidents from './incidents.js';
import flushTarget from './flush-target.js';
import itemPanel from './item-panel.js';
import itemPages from './item-pages.js';
import lastDay from './last-day.js';
import linkCopy from './link-copy.js';
import operations from './operations.js';
import overview from './overview.js';
import conflict from './conflict.js';
import conflicts from './conflicts.js';
import notice from './notice.js';
import remoteConflicts from './remote-conflicts.js';
import promote from './promote.js';
import remoteEditor from './remote-editor.js';
import shell from './shell.js';
import conditions from './conditions.js';
import targets from './targets.js';
import targetDialogs from './target-dialogs.js';
import targetEditor from './target-editor.js';
import targetSent from './target-sent.js';
import firstSteps from './first-steps.js';
import fresh from './fresh.js';

/** All Dutch words, one entry per part; `useWords` names the parts. */
export default {
	shell,
	conditions,
	notice,
	'remote-conflicts': remoteConflicts,
	operations,
	'last-day': lastDay,
	overview,
	'item-panel': itemPanel,
	'item-pages': itemPages,
	'flush-target': flushTarget,
	targets,
	'target-dialogs': targetDialogs,
	'target-editor': targetEditor,
	'link-copy': linkCopy,
	'target-sent': targetSent,
	'first-steps': firstSteps,
	fresh,
	promote,
	'remote-editor': remoteEditor,
	conflict,
	conflicts,
	incidents,
	config,
	'config-plan': configPlan,
	'config-start': configStart,
	deliveries,
	delivery,
	bulk,
	causes,
};
