// Chromium's DevTools protocol over its own socket: Playwright's sessions reach no nested workers.

/** @typedef {{ label: string, send: (method: string, params?: object) => Promise<any> }} Thread */

/**
 * The threads of the page of that address: its own, its workers and theirs.
 * @param {string} endpoint The browser's.
 * @param {string} url
 * @returns {Promise<Thread[]>}
 */
export async function connect(endpoint, url) {
  const socket = new WebSocket(endpoint);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  const pending = new Map();
  /** @type {Thread[]} */
  const threads = [];
  let lastId = 0;

  /**
   * @param {string | undefined} sessionId
   * @returns {(method: string, params?: object) => Promise<any>}
   */
  const sender =
    (sessionId) =>
    (method, params = {}) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        pending.set(id, { resolve, reject });
        socket.send(JSON.stringify({ id, method, params, sessionId }));
      });

  /** @type {Promise<void>[]} */
  const following = [];
  /**
   * @param {string} sessionId
   * @param {string} label
   */
  const follow = async (sessionId, label) => {
    const send = sender(sessionId);
    threads.push({ label, send });
    await send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
  };

  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data));
    if (message.method === 'Target.attachedToTarget') {
      const { sessionId, targetInfo } = message.params;
      const { type, title, url: at } = targetInfo;
      if (type === 'worker') following.push(follow(sessionId, `worker ${title || at.split('/').at(-1)}`));
    }
    const waiting = pending.get(message.id);
    pending.delete(message.id);
    if (message.error) waiting?.reject(new Error(message.error.message));
    else waiting?.resolve(message.result);
  };

  const send = sender(undefined);
  const { targetInfos } = await send('Target.getTargets');
  const target = targetInfos.find((/** @type {any} */ each) => each.type === 'page' && each.url === url);
  const { sessionId } = await send('Target.attachToTarget', { targetId: target.targetId, flatten: true });
  await follow(sessionId, 'page');
  for (const each of following) await each; // It grows meanwhile.
  await Promise.all(following);
  return threads;
}
