/** What redis-server shows at its start on a terminal, with the facts where programs that wait for it look. */
import type { Pid } from '../machine/syscall.ts';
import { redisVersion } from '../engine/version.ts';

/** Lines without a time of their own. */
export function logo(port: number, pid: Pid): readonly string[] {
  const facts = [
    `Redis ${redisVersion} (00000000/0) 64 bit`,
    '',
    'Running in standalone mode',
    `Port: ${port}`,
    `PID: ${pid}`,
    '',
    '      AOF Lab, a laboratory for Redis persistence',
  ];
  return ['', ...picture.map((row, i) => `${row}   ${facts[i - 1] ?? ''}`.trimEnd()), ''];
}

/** A log: appended to on the right, torn at its end. */
const picture: readonly string[] = [
  '     ____________________________    ',
  '   /  *3  $3 SET  $1 a  $1 1     |   ',
  '  |  *2  $4 INCR  $1 a           |_  ',
  '  |  *3  $6 EXPIRE  $1 a  $2 60    | ',
  '  |  *2  $3 DEL  $1 a            __| ',
  '  |  *1  $5 MULTI              _|    ',
  '  |  *3  $3 SET  $1 b        _|      ',
  '   \\__________________ .  . | .      ',
];
