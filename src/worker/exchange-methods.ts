/** The methods that bring files in and hand files out. Their code comes into the worker with the first call of one. */
import type { LabHost } from './lab-host.ts';
import type { Methods } from './methods.ts';
import type { ExchangeMethods as Types } from './exchange/exchange-types.ts';
import type { Lane } from '../lab/lane.ts';
import type { ServerState } from '../server/state.ts';
import { absolute } from '../lab/boot.ts';
import type { ImportDesk, Load } from './exchange/import-desk.ts';
import type { ReportDesk } from './exchange/report-desk.ts';
import type { ReportSource } from './exchange/report-view.ts';
import { laneOf, Refusal } from './refusal.ts';

type ExchangeMethods = Pick<Methods, keyof Types>;

export function exchangeMethods(host: LabHost): ExchangeMethods {
  let desk: ImportDesk | null = null;
  let reports: ReportDesk | null = null;
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
    async report(request, { lane }) {
      const { ReportDesk, snapshotOf } = await import('./exchange/report-desk.ts');
      reports ??= new ReportDesk();
      if (request.do === 'look') return reports.view(request.window);
      const { source } = request;
      const bytes = await bytesOf(source, laneOf(host.looked, lane), (server) =>
        host.hold.during(() => snapshotOf(server)),
      );
      const name = source.kind === 'live' ? 'memory' : (nameOf(source).split('/').at(-1) ?? '');
      if ((await reports.read(name, bytes)) === undefined)
        throw new Refusal('report: another report was asked for meanwhile');
      return reports.view(request.window);
    },
    async history(record, { lane }) {
      if (!(record instanceof Uint8Array))
        throw new Refusal('history: record must be a Uint8Array');
      const { readHistory } = await import('./exchange/read-history.ts');
      return readHistory(laneOf(host.looked, lane), record);
    },
    async download(request, { lane }) {
      if (request.what === 'report') {
        if (reports === null) throw new Refusal('download: no report has been made yet');
        return reports.csv();
      }
      const { download } = await import('./exchange/downloads.ts');
      return download(laneOf(host.looked, lane), request);
    },
  };
}

const MOST_BYTES = 256 * 1024 * 1024;

async function bytesOf(
  source: ReportSource,
  lane: Lane,
  snapshot: (server: ServerState) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  switch (source.kind) {
    case 'live': {
      const { server } = lane.state;
      if (server === null)
        throw new Refusal('report: no server is running; boot it, or choose an .rdb file');
      return snapshot(server);
    }
    case 'file': {
      const bytes = lane.kernel.readFile(absolute(source.path));
      if (bytes === undefined) throw new Refusal(`report: there is no file ${source.path}`);
      return bytes;
    }
    case 'brought':
      if (source.file.size > MOST_BYTES)
        throw new Refusal(`report: ${source.name} has more than ${MOST_BYTES} bytes`);
      return new Uint8Array(await source.file.arrayBuffer());
  }
}

function nameOf(source: Exclude<ReportSource, { kind: 'live' }>): string {
  return source.kind === 'file' ? source.path : source.name;
}
