/** `node rdb.mjs -c FORMAT FILE`: the lab's rdb on real files. */
import { rdb } from '../../tools/rdb/rdb.ts';
import { toolWords } from './check-files.ts';
import { runTool } from './run-tool.ts';

process.exitCode = runTool(rdb(toolWords()));
