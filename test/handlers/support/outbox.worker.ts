// The outbox, with credentials that a test can change.

import { defineOutbox } from '../../../src/handlers/index.ts';
import { serve } from '../../../src/worker.ts';

let token: string | undefined;
let renewals = 0;
const channel = new BroadcastChannel('test:outbox');
channel.onmessage = ({ data }: MessageEvent<string | null>) => {
  token = data ?? undefined;
};

serve([
  defineOutbox({
    credentials: {
      shop: () => (token === undefined ? undefined : { authorization: `Bearer ${token}` }),
      renewed: () => ({ authorization: `Bearer ${renewals++}` }),
    },
  }),
]);
