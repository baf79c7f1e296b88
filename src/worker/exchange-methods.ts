/** The methods that bring files in and hand files out. Their code comes into the worker with the first call of one. */
import type { LabHost } from './lab-host.ts';
import type { Methods } from './methods.ts';
import type { ImportDesk, Load } from './exchange/import-desk.ts';
import { laneOf, Refusal } from './refusal.ts';

type ExchangeMethods = Pick<Methods, 'importFiles' | 'importing' | 'download'>;

export function exchangeMethods(host: LabHost): ExchangeMethods {
  let desk: ImportDesk | null = null;
  const load: Load = async (files, options) => {
    const { loadFiles } = await import('./exchange/load-files.ts');
    return loadFiles(host, files, options);
  };
  return {
    importFiles: (files, { lane }) => {
      if (!(files instanceof Map)) throw new Refusal('importFiles: files must be a Map');
      const { signal } = new AbortController();
      return load(files, { lane, signal, progress: () => undefined });
    },
    async importing(request) {
      const { ImportDesk } = await import('./exchange/import-desk.ts');
      desk ??= new ImportDesk(load);
      return desk.answer(request);
    },
    async download(request, { lane }) {
      const { download } = await import('./exchange/downloads.ts');
      return download(laneOf(host.looked, lane), request);
    },
  };
}
