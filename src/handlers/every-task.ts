// All that the app can do: for its worker and its service worker, which must know the same types.

import { demoCrash, demoFail, demoHang, demoOnce, demoSteps } from './demo/definition.ts';
import { fileHash } from './file-hash/definition.ts';
import { httpRequest } from './http-request/definition.ts';
import { imageConvert } from './image-convert/definition.ts';

export const everyTask = [imageConvert, httpRequest, fileHash, demoSteps, demoFail, demoHang, demoOnce, demoCrash];
