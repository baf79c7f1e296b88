/**
 * Tests import the worker's modules next to the page's. TypeScript's `dom` and `webworker`
 * libraries exclude each other, so what only a worker has is declared here once more.
 */
interface FileSystemReadWriteOptions {
  at?: number;
}

interface FileSystemSyncAccessHandle {
  close(): void;
  flush(): void;
  getSize(): number;
  read(buffer: AllowSharedBufferSource, options?: FileSystemReadWriteOptions): number;
  truncate(newSize: number): void;
  write(buffer: AllowSharedBufferSource, options?: FileSystemReadWriteOptions): number;
}

interface FileSystemFileHandle {
  createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle>;
}

interface DedicatedWorkerGlobalScope extends EventTarget {
  readonly name: string;
  readonly navigator: Navigator;
  onmessage: ((this: DedicatedWorkerGlobalScope, event: MessageEvent) => unknown) | null;
  close(): void;
  postMessage(message: unknown, transfer: Transferable[]): void;
  postMessage(message: unknown, options?: StructuredSerializeOptions): void;
}
