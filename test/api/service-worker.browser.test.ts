// F1 The same suites as in a page, through a real service worker: what `fetch` gets in a page that it controls.

import { afterEach } from 'vitest';
import { closeServedPages, throughServiceWorker } from '../support/served-page.ts';
import { answeredBy } from './ask.ts';
import './control.browser.test.ts';
import './rest.browser.test.ts';

answeredBy(throughServiceWorker);
afterEach(closeServedPages);
