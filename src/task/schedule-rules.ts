// When a task may start.

/** When a task runs. Without one: at once. */
export interface Schedule {
  /** Not before this instant, in milliseconds since 1970 (UTC). One that is past means at once. */
  at: number;
}
