/** What a process does next, as it tells whoever runs it: the lab in virtual time, or the Node host. */
import type { Micros } from '../base/time.ts';
import type { Syscall } from '../machine/syscall.ts';
import type { Work } from './state.ts';

export type Wait =
  /** Makes this call; `complete` brings the result. `work` was done before it. */
  | { readonly wait: 'syscall'; readonly call: Syscall; readonly work: Work }
  /** Has more to do, but lets time pass for the work done so far. */
  | { readonly wait: 'cpu'; readonly work: Work }
  /** Sleeps in the main thread (DEBUG SLEEP). */
  | { readonly wait: 'sleep'; readonly micros: Micros; readonly work: Work }
  /** epoll_wait: until a client has something to say, at most until the next timer. */
  | { readonly wait: 'poll'; readonly until: Micros; readonly work: Work }
  /** Has to listen on other addresses (CONFIG SET bind, port); `listened` of config-apply.ts brings the result. */
  | { readonly wait: 'listen'; readonly work: Work }
  | { readonly wait: 'exit'; readonly code: number; readonly signal: string | null };
