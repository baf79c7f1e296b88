/** All programs of the machine, by name. A program that is added here is found by the shell, `type` and Tab. */
import type { Program } from './program.ts';
import { registerBuiltins } from './language/builtins.ts';
import { programs } from './language/registry.ts';
import { awk } from './programs/awk/awk.ts';
import { base64 } from './programs/base64.ts';
import { bash } from './programs/bash.ts';
import { printfProgram } from './programs/printf.ts';
import { cat } from './programs/cat.ts';
import { cmp } from './programs/cmp.ts';
import { dd } from './programs/dd.ts';
import { diff } from './programs/diff.ts';
import { digestPrograms } from './programs/digests.ts';
import { gzipPrograms } from './programs/gzip.ts';
import { hexdumpPrograms } from './programs/hexdump.ts';
import { less } from './programs/less.ts';
import { nano } from './programs/nano.ts';
import { od } from './programs/od.ts';
import { tar } from './programs/tar.ts';
import { xxd } from './programs/xxd.ts';
import { filePrograms } from './programs/files.ts';
import { listingPrograms } from './programs/listing.ts';
import { redisCheckAof, redisCheckRdb } from './programs/redis/check-tools.ts';
import { redisServer } from './programs/redis/redis-server.ts';
import { aofParse } from '../tools/aof-parse.ts';
import { rdb } from '../tools/rdb/rdb.ts';
import { docker } from './programs/docker/docker.ts';
import { fileTool } from './programs/file-tool.ts';
import { redisBenchmark } from './programs/redis/redis-benchmark.ts';
import { redisDumperProgram } from './programs/redis/redis-dumper.ts';
import { redisCli } from './programs/redis/redis-cli.ts';
import { searchPrograms } from './programs/search.ts';
import { systemPrograms } from './programs/system.ts';
import { textPrograms } from './programs/text.ts';

export function registerPrograms(): void {
  if (programs.size > 0) return;
  registerBuiltins();
  const tables: readonly Readonly<Record<string, Program>>[] = [
    { bash, sh: bash, printf: printfProgram, cat, awk, gawk: awk, mawk: awk },
    { base64, cmp, dd, diff, less, more: less, nano, od, tar, xxd },
    digestPrograms,
    gzipPrograms,
    hexdumpPrograms,
    textPrograms,
    filePrograms,
    listingPrograms,
    searchPrograms,
    systemPrograms,
    {
      docker,
      'redis-benchmark': redisBenchmark,
      'redis-cli': redisCli,
      'redis-dumper': redisDumperProgram,
      'redis-server': redisServer,
      'aof-parse': fileTool(aofParse),
      rdb: fileTool(rdb),
      'redis-check-aof': redisCheckAof,
      'redis-check-rdb': redisCheckRdb,
    },
  ];
  for (const table of tables)
    for (const [name, program] of Object.entries(table)) programs.set(name, program);
}
