/** What `lesson.yaml` holds when its schema has nothing against it. */
import type { Check } from '../../src/lessons/lesson.ts';
import type { DiskPreset } from '../../src/lab/view.ts';

export interface LessonSource {
  readonly id: string;
  readonly level: number;
  readonly minutes: number;
  readonly requires?: readonly string[];
  readonly models: string;
  readonly seed: number;
  readonly start: StartSource;
  readonly ui?: {
    readonly place?: 'lab' | 'race';
    readonly tab?: 'log' | 'memory' | 'ledger' | 'files' | 'calls' | 'server-log';
  };
  readonly steps: readonly StepSource[];
  readonly wrong: readonly { readonly script: string; readonly fails: string }[];
  readonly facts: readonly { readonly claim: string; readonly source: string }[];
  readonly teacher?: { readonly notes?: string; readonly ask?: readonly string[] };
}

export interface StartSource {
  readonly lanes?: readonly {
    readonly id?: string;
    readonly config?: Readonly<Record<string, string | number>>;
    readonly repaired?: readonly string[];
  }[];
  readonly disk?: {
    readonly preset?: DiskPreset;
    readonly fsync_ms?: number;
    /** `64mb` */
    readonly capacity?: string;
  };
  readonly clock?: { readonly paused?: boolean; readonly speed?: number };
  /** A folder below the lesson's; its files stand below /data. */
  readonly files?: string;
  readonly workload?: {
    /** `200/s` */
    readonly rate: string;
    readonly loop?: 'open' | 'closed';
    readonly clients?: number;
    readonly mix?: readonly string[];
    readonly keys?: number;
    readonly value_bytes?: number;
    readonly transactions?: number;
    readonly ttl_ms?: number;
  };
}

export interface StepSource {
  readonly id: string;
  readonly begin?: { readonly rewind?: 'kill' | 'power'; readonly do?: readonly string[] };
  readonly predict?: QuestionSource | readonly QuestionSource[];
  readonly suggest?: readonly string[];
  readonly check: Check;
  readonly on_fail?: readonly { readonly when: Check; readonly say: string }[];
  readonly hints: readonly string[];
  readonly show?: readonly string[];
}

export interface QuestionSource {
  readonly ask: string;
  readonly type: 'integer' | 'number' | 'choice';
  readonly truth?: string;
  /** `20%` */
  readonly tolerance?: string;
  readonly options?: readonly {
    readonly key: string;
    readonly when?: Check;
    readonly right?: boolean;
  }[];
  readonly because?: string;
  /** The step after which the truth is known; this one, if none is named. */
  readonly known?: string;
}
