/** The one image that the machine has. It has no network: no other can come. */
import { print, complain, type Run } from '../../program.ts';
import { table, humanDuration } from './texts.ts';
import type { Micros } from '../../../base/time.ts';

const TAGS = ['latest', '7', '7.2', '7.2.4'];
const DIGEST = '3134997edb04277814aa51a4175a588d45eb4299272f8eff2307bbf8b39e4d43';
export const IMAGE_ID = '170a1e90f8436daa6778aeea3926e716928826c215ca23a8dfd8055f663f9428';
/** When Redis 7.2.4 was published: 9 January 2024. */
const CREATED_AT: Micros = 1_704_758_400_000_000;

/** `redis:TAG` of a name that means an image of the machine. */
export function imageOf(name: string): string | undefined {
  const bare = name.replace(/^(?:docker\.io\/)?(?:library\/)?/, '').replace(/@sha256:.*$/, '');
  const [repository, tag = 'latest'] = bare.split(':');
  return repository === 'redis' && TAGS.includes(tag) ? `redis:${tag}` : undefined;
}

export function images(now: Micros): string {
  return table([
    ['REPOSITORY', 'TAG', 'IMAGE ID', 'CREATED', 'SIZE'],
    ...TAGS.map((tag) => [
      'redis',
      tag,
      IMAGE_ID.slice(0, 12),
      `${humanDuration(now - CREATED_AT)} ago`,
      '138MB',
    ]),
  ]);
}

function full(name: string): string {
  return name.includes(':') ? name : `${name}:latest`;
}

export function* unreachable(name: string): Run<string> {
  yield* complain(`Unable to find image '${full(name)}' locally`);
  return NO_NETWORK;
}

const NO_NETWORK =
  'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host';

export function* pull(name: string): Run {
  const image = imageOf(name);
  if (image === undefined) {
    if (!name.includes(':')) yield* print('Using default tag: latest\n');
    yield* complain(`Error response from daemon: ${NO_NETWORK}`);
    return 1;
  }
  const tag = image.slice('redis:'.length);
  if (!name.includes(':')) yield* print('Using default tag: latest\n');
  yield* print(
    `${tag}: Pulling from library/redis\nDigest: sha256:${DIGEST}\nStatus: Image is up to date for ${image}\ndocker.io/library/${image}\n`,
  );
  return 0;
}
