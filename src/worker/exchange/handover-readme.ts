/** What to do with the files that are handed over, in the reader's language; every redis-cli line of it has been run. */
import type { HandoverTarget } from './handover-compose.ts';

export type HandoverLanguage = 'en' | 'id';

export interface HandoverFacts {
  readonly target: HandoverTarget;
  /** Commands in dataset.resp; null: no server was running, so that there is none. */
  readonly commands: number | null;
  /** Keys of database 0, and of all others together. */
  readonly keys: number;
  readonly otherKeys: number;
}

export function readme(facts: HandoverFacts, language: HandoverLanguage): string {
  const words = language === 'id' ? id : en;
  const service = facts.target === 'valkey' ? 'valkey' : 'redis';
  const name = { redis: 'Redis', valkey: 'Valkey', cluster: 'Redis Cluster' }[facts.target];
  const parts = [words.head(name, facts.commands !== null)];
  if (facts.target === 'cluster') parts.push(words.cluster(facts.otherKeys));
  else parts.push(words.files(name, service));
  if (facts.commands !== null && facts.target !== 'cluster')
    parts.push(words.pipe(`${service}-cli`, facts.commands, facts.keys));
  return parts.join('\n');
}

interface Words {
  readonly head: (name: string, dataset: boolean) => string;
  readonly files: (name: string, service: string) => string;
  readonly cluster: (otherKeys: number) => string;
  readonly pipe: (cli: string, commands: number, keys: number) => string;
}

const IMPORT =
  'docker compose exec redis-1 redis-cli --cluster import 172.30.62.11:6379 --cluster-from 172.30.62.20:6379 --cluster-copy';

const en: Words = {
  head: (name, dataset) => `From AOF Lab to ${name}
${'='.repeat(17 + name.length)}

redis.conf    the settings of the lab's server, as far as another machine can use them
compose.yaml  starts ${name} with them
data/         the files of /data as the simulated disk held them
${dataset ? 'dataset.resp  every key as the commands that make it\n' : ''}`,
  files: (name, service) => `1. With the files as they are
-----------------------------

    docker compose up -d
    docker compose exec ${service} ${service}-cli DBSIZE

Without Docker:

    cd data
    ${service}-server ../redis.conf

The files are those of Redis 7.2: ${name} 7.2 or later reads them. An older Redis says
"Can't handle RDB format version 11"; take the second way there.
`,
  cluster: (others) => `A cluster of three masters
--------------------------

    docker compose up -d
    docker compose logs create

It says "[OK] All 16384 slots covered." in the end. Then a fourth server reads data/, and redis-cli
brings its keys to the masters that they belong to; --pipe would not, since it follows no MOVED:

    docker compose --profile import up -d source
    ${IMPORT}
    docker compose --profile import rm --stop --force source

A cluster has database 0 only.${others === 0 ? '' : ` Keys of other databases stay behind: ${others}.`}
`,
  pipe: (cli, commands, keys) => `2. Into a server that runs already: --pipe
------------------------------------------

An empty server, since --pipe adds to what is there. In the folder of this file:

    ${cli} -h HOST -p PORT PING
    ${cli} -h HOST -p PORT --pipe < dataset.resp

It ends with "errors: 0, replies: ${commands}". Then

    ${cli} -h HOST -p PORT DBSIZE

says ${keys}. With a password: put -a PASSWORD in front of --pipe. A log of the lab's own can be
replayed in the same way, if its base is empty:

    ${cli} -h HOST -p PORT --pipe < data/appendonlydir/appendonly.aof.1.incr.aof
`,
};

const id: Words = {
  head: (name, dataset) => `Dari AOF Lab ke ${name}
${'='.repeat(16 + name.length)}

redis.conf    pengaturan server di lab, sejauh bisa dipakai mesin lain
compose.yaml  menyalakan ${name} dengan pengaturan itu
data/         berkas di /data, seperti yang ada di disk simulasi
${dataset ? 'dataset.resp  setiap kunci sebagai perintah yang membuatnya\n' : ''}`,
  files: (name, service) => `1. Dengan berkas apa adanya
---------------------------

    docker compose up -d
    docker compose exec ${service} ${service}-cli DBSIZE

Tanpa Docker:

    cd data
    ${service}-server ../redis.conf

Berkasnya milik Redis 7.2: ${name} 7.2 atau lebih baru bisa membacanya. Redis yang lebih lama berkata
"Can't handle RDB format version 11"; di sana pakailah cara kedua.
`,
  cluster: (others) => `Klaster dengan tiga master
--------------------------

    docker compose up -d
    docker compose logs create

Akhirnya tertulis "[OK] All 16384 slots covered." Lalu server keempat membaca data/, dan redis-cli
membawa kuncinya ke master masing-masing; --pipe tidak bisa, karena tidak mengikuti MOVED:

    docker compose --profile import up -d source
    ${IMPORT}
    docker compose --profile import rm --stop --force source

Klaster hanya punya database 0.${others === 0 ? '' : ` Kunci di database lain tidak ikut: ${others}.`}
`,
  pipe: (cli, commands, keys) => `2. Ke server yang sudah berjalan: --pipe
----------------------------------------

Server yang kosong, karena --pipe menambah pada yang sudah ada. Di folder berkas ini:

    ${cli} -h HOST -p PORT PING
    ${cli} -h HOST -p PORT --pipe < dataset.resp

Akhirnya berbunyi "errors: 0, replies: ${commands}". Lalu

    ${cli} -h HOST -p PORT DBSIZE

menjawab ${keys}. Dengan kata sandi: taruh -a PASSWORD di depan --pipe. Log milik lab sendiri bisa
diputar ulang dengan cara yang sama, asalkan base-nya kosong:

    ${cli} -h HOST -p PORT --pipe < data/appendonlydir/appendonly.aof.1.incr.aof
`,
};
