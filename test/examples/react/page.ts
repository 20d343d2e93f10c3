// A React host: the board is an element like any other, with its runner as a property.

import 'errand/element/define';
import { createRunner, type Runner } from 'errand';
import { createElement, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';

function Shop() {
  const [runner, setRunner] = useState<Runner>();
  useEffect(() => {
    const worker = () => new Worker(new URL('./tasks.worker.ts', import.meta.url), { type: 'module' });
    const starting = createRunner({ worker, database: 'shop' });
    void starting.then(setRunner);
    return () => {
      void starting.then((started) => started.close());
    };
  }, []);
  if (runner === undefined) return null;
  return createElement(
    'section',
    null,
    createElement('button', { onClick: () => void runner.enqueue('greet', 'React') }, 'Greet'),
    createElement('errand-board', { runner, view: 'tasks' }),
  );
}

const root = document.createElement('main');
document.body.append(root);
createRoot(root).render(createElement(Shop));
