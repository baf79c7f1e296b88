export interface TranscriptLine {
  /** `127.0.0.1:6379> ` or `root@lab:/data# `, or empty for what was printed. */
  readonly prompt: string;
  readonly rest: string;
}

/** Splits a line of the transcript where its prompt ends. */
export function transcriptLine(line: string): TranscriptLine {
  const prompt =
    /^(?:root@[\w-]+:\S*# |(?:not connected|[\w.:-]+:\d+(?:\[\d+\])?(?:\(TX\)|\(subscribed mode\))?)> )/.exec(
      line,
    );
  if (prompt === null) return { prompt: '', rest: line };
  return { prompt: prompt[0], rest: line.slice(prompt[0].length) };
}
