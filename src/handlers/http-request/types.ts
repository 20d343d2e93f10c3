// What `http.request` takes and gives, and its name. Imports nothing, so that a page may have it for free.

import type { FileRef } from '../../task/index.ts';

/** The registered name of the task type. */
export const HTTP_REQUEST = 'http.request';

/** What is sent: one of these. */
export type HttpBody =
  | { json: unknown }
  | { text: string }
  | { file: FileRef }
  | {
      form: {
        fields?: Record<string, string> | undefined;
        files?: Record<string, FileRef | FileRef[]> | undefined;
      };
    };

/** A status, or all of a class. */
export type ExpectedStatus = number | '1xx' | '2xx' | '3xx' | '4xx' | '5xx';

/** A request that is sent until it is answered. */
export interface HttpRequestInput {
  /** Absolute, http or https, without a user name in it. */
  url: string;
  /** Default: `GET`, or `POST` with a body. */
  method?: string | undefined;
  /** Those that a page may set. What is secret belongs to `credentials`: a payload is stored as it is. */
  headers?: Record<string, string> | undefined;
  body?: HttpBody | undefined;
  /** The statuses of success. Default `['2xx']`. */
  expect?: ExpectedStatus[] | undefined;
  /**
   * The media type of success, such as `application/json` (which takes `application/problem+json`, too) or `image/*`. Say it
   * where you can: a network that wants a sign-in of its own answers anything with a page. Default: any.
   */
  expectType?: string | string[] | undefined;
  /** The name of a credential of `defineOutbox`. Its headers are asked for as the request is sent, and never stored. */
  credentials?: string | undefined;
  /** When the browser sends cookies. Default `same-origin`. */
  cookies?: 'same-origin' | 'include' | 'omit' | undefined;
  /**
   * The header that carries the request's one key. `false`: none, for a server of another origin that does not allow the
   * header. Default `Idempotency-Key`, and none for GET and HEAD.
   */
  idempotencyHeader?: string | false | undefined;
  /**
   * `same-origin` follows within the origin of `url`, `follow` anywhere, headers included. `error` follows nowhere. However
   * it is, a browser follows 20 at most. Default: `same-origin` for GET and HEAD, else `error`.
   */
  redirect?: 'same-origin' | 'follow' | 'error' | undefined;
  /** What becomes of the answer's content: kept as text in the result, as an artifact, or not at all. Default `store`. */
  response?: 'store' | 'artifact' | 'discard' | undefined;
  /** What is stored is cut there (default 65,536); a larger artifact fails the task (default 1 GB). */
  maxResponseBytes?: number | undefined;
}

/** The answer that the task was waiting for. */
export interface HttpAnswer {
  status: number;
  /** Where it came from in the end. */
  url: string;
  /** Those that the browser lets a page see, and that fit into 16,384 characters. */
  headers: Record<string, string>;
  /** With `response: 'store'`. */
  text: string | null;
  /** The text was longer. */
  isCut: boolean;
  /** With `response: 'artifact'`. */
  file: FileRef | null;
  /** What was sent with each try of this request. */
  idempotencyKey: string | null;
}

/** Asked for a credential's headers each time that a request is sent. `undefined`: nobody is signed in. */
export type CredentialSource = (request: {
  url: string;
  method: string;
  signal: AbortSignal;
}) => Record<string, string> | undefined | Promise<Record<string, string> | undefined>;

export interface OutboxOptions {
  /** The registered name. Default `http.request`. */
  type?: string;
  /** By name. They run in the worker that sends. */
  credentials?: Record<string, CredentialSource>;
}
