/** `node aof-parse.mjs FILE [KEY]`: the lab's parser of logs on real files. */
import { aofParse } from '../../tools/aof-parse.ts';
import { toolWords } from './check-files.ts';
import { runTool } from './run-tool.ts';

process.exitCode = runTool(aofParse(toolWords()));
