// One file for a `<script type="module">`: in a page it defines the element, in a worker it is the engine or one of its slots.

import { httpRequest, imageConvert } from '../handlers/index.ts';
import { serve } from '../runner/index.ts';
import { defineBoard } from './define-board.ts';
import { ErrandBoard } from './errand-board.ts';

const definitions = [imageConvert, httpRequest];

if (typeof document === 'undefined') serve(definitions);
else {
  ErrandBoard.serves(definitions, import.meta.url);
  defineBoard();
}
