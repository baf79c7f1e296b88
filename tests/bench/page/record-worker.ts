/** Posts the records of a workload of so many commands a second, as many as came since the last frame was shown. */
import { workloadBatch, workloadRecordLength } from '../../ui/log/records.ts';

let rate = 0;
let started = 0;
let posted = 0;

self.onmessage = ({ data }: MessageEvent<number | 'frame-shown'>) => {
  if (data !== 'frame-shown') {
    rate = data;
    started = performance.now();
  }
  const due = Math.max(1, Math.floor(((performance.now() - started) / 1000) * rate) - posted);
  const batch = workloadBatch(posted, due, posted * workloadRecordLength);
  posted += due;
  const buffers = [batch.bytes, batch.ends, batch.offsets, batch.times, batch.kinds, batch.causes];
  self.postMessage(batch, { transfer: buffers.map(({ buffer }) => buffer) });
};
