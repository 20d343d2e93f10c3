// Defines `<errand-board>`: `import 'errand/element/define'`.

import { defineBoard } from './define-board.ts';

defineBoard();
