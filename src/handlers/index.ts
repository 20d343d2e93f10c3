// What Errand can do out of the box. A page that imports only names and types from here gets nothing heavy with them.

export { everyTask } from './every-task.ts';
export { fileHash } from './file-hash/definition.ts';
export {
  FILE_HASH,
  type FileHashOutput,
  HASH_ALGORITHMS,
  type HashAlgorithm,
  type HashFailure,
  type HashResult,
  type HashSuccess,
} from './file-hash/types.ts';
export { defineOutbox, httpRequest } from './http-request/definition.ts';
export {
  type CredentialSource,
  type ExpectedStatus,
  HTTP_REQUEST,
  type HttpAnswer,
  type HttpBody,
  type HttpRequestInput,
  type OutboxOptions,
} from './http-request/types.ts';
export { imageConvert } from './image-convert/definition.ts';
export { supportedImageFormats } from './image-convert/supported-formats.ts';
export {
  IMAGE_CONVERT,
  IMAGE_FORMATS,
  type ImageConvertInput,
  type ImageConvertOutput,
  type ImageFailure,
  type ImageFailureCode,
  type ImageFormat,
  type ImageResult,
  type ImageSuccess,
} from './image-convert/types.ts';
