// What Errand can do out of the box. A page that imports only names and types from here gets nothing heavy with them.

export { everyTask } from './every-task.ts';
export { fileHash } from './file-hash/definition.ts';
export { FILE_HASH, HASH_ALGORITHMS, type HashAlgorithm } from './file-hash/types.ts';
export { defineOutbox, httpRequest } from './http-request/definition.ts';
export { HTTP_REQUEST, type HttpAnswer, type HttpRequestInput } from './http-request/types.ts';
export { imageConvert } from './image-convert/definition.ts';
export { supportedImageFormats } from './image-convert/supported-formats.ts';
export {
  IMAGE_CONVERT,
  IMAGE_FORMATS,
  type ImageConvertInput,
  type ImageConvertOutput,
  type ImageFormat,
  type ImageResult,
  type ImageSuccess,
} from './image-convert/types.ts';
