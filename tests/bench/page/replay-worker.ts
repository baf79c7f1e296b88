import { replay } from '../replay.ts';

interface Order {
  readonly address: string;
  readonly digest: 'digest' | 'no-digest';
}

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  const response = await fetch(data.address);
  const bytes = new Uint8Array(await response.arrayBuffer());
  self.postMessage(replay(bytes, () => performance.now(), data.digest));
};
