// The outbox, with credentials that a test can change, and the hasher, whose slots a test can end as a crash does.

import { defineOutbox, fileHash } from '../../../src/handlers/index.ts';
import { serve } from '../../../src/worker.ts';

let token: string | undefined;
let renewals = 0;
const channel = new BroadcastChannel('test:outbox');
channel.onmessage = ({ data }: MessageEvent<string | null>) => {
  if (data !== 'die') token = data ?? undefined;
  else if (self.name === 'errand-slot') self.close();
};

serve([
  defineOutbox({
    credentials: {
      shop: () => (token === undefined ? undefined : { authorization: `Bearer ${token}` }),
      renewed: () => ({ authorization: `Bearer ${renewals++}` }),
    },
  }),
  fileHash,
]);
