// The engine, as seen from where a handler runs.

import type { ArtifactContent } from '../task/index.ts';
import type { HostSurface } from '../pool/index.ts';

/** The host's surface, and the one thing that is done on this side of it: writing bytes. */
export interface Host extends HostSurface {
  /** Writes bytes where this realm can; else hands them over. */
  writeFile(content: ArtifactContent): Promise<{ id: string; size: number } | { content: Blob }>;
}
