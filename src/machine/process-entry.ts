import type { Micros } from '../base/time.ts';
import type { Fd, Pid } from './syscall.ts';

export interface ProcessEntry {
  readonly pid: Pid;
  /** 0: started by the machine itself. */
  readonly parent: Pid;
  readonly program: string;
  readonly user: 'root' | 'redis';
  cwd: string;
  /** Where its `/` stands: a container's is a folder of the machine. */
  readonly root: string;
  /** Folders of the machine that it sees elsewhere, as a container sees its volumes. */
  readonly volumes: readonly Volume[];
  /** What fork has to copy page tables for. */
  memoryBytes: number;
  readonly startedAt: Micros;
  state: 'running' | 'ended';
  exit: ProcessExit | null;
  readonly descriptors: DescriptorTable;
}

export type ProcessExit =
  | { readonly by: 'exit'; readonly status: number }
  | { readonly by: 'signal'; readonly signal: string };

export interface Volume {
  readonly at: string;
  readonly from: string;
}

export type DescriptorTable = Map<Fd, Descriptor>;

/** An open file. It holds the inode, not the path: a rename or unlink does not disturb it. */
export interface Descriptor {
  readonly inode: number;
  /** The absolute path that it was opened by. */
  readonly path: string;
  readonly access: 'read' | 'write' | 'read-write';
  readonly placing: 'at-position' | 'at-end';
  position: number;
}
