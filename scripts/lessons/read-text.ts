/**
 * A lesson's text in one language: `# Title` and a paragraph with the objective; `## step: Title` for each step, with its
 * text, and under `### done` what stands there afterwards; `### key` for everything else that the lesson names.
 * Markdown is read into a tree of plain data; HTML in it is refused.
 */
import { lexer, type Token, type Tokens } from 'marked';
import type { Block, Inline, LessonText } from '../../src/lessons/lesson-text.ts';
import type { Problem } from './problems.ts';

export interface ReadText {
  readonly text: LessonText;
  readonly problems: readonly Problem[];
  /** Figures that are named, by the step (`done` texts) or null elsewhere. */
  readonly figures: readonly { readonly step: string | null; readonly name: string }[];
}

interface Reading {
  readonly file: string;
  line: number;
  readonly problems: Problem[];
  readonly figures: { step: string | null; name: string }[];
  step: string | null;
  part: string | null;
}

export function readText(source: string, file: string): ReadText {
  const at: Reading = { file, line: 1, problems: [], figures: [], step: null, part: null };
  const steps: Record<string, { title: string; body: Block[]; done: Block[] }> = {};
  const keys: Record<string, Block[]> = {};
  const objective: Inline[] = [];
  let title = '';
  for (const token of lexer(source)) {
    if (token.type === 'heading') {
      const { depth, text } = token as Tokens.Heading;
      if (depth === 1) title = text;
      else if (depth === 2) {
        const [, id = '', name = ''] = /^([a-z][a-z0-9-]*)(?::\s*(.+))?$/.exec(text) ?? [];
        if (id === '') complain(at, `"## ${text}": write ## step-id: Title, or ## notes`);
        at.step = id === 'notes' ? null : id;
        at.part = null;
        if (at.step !== null) {
          if (at.step in steps) complain(at, `the step ${id} stands twice`);
          if (name === '') complain(at, `the step ${id} has no title: ## ${id}: Title`);
          steps[id] = { title: name, body: [], done: [] };
        }
      } else {
        at.part = text;
        if (!/^[a-z][a-z0-9.-]*$/.test(text)) complain(at, `"### ${text}" is no key`);
        if (text !== 'done' && text in keys) complain(at, `the key ${text} stands twice`);
        if (text !== 'done') keys[text] = [];
      }
    } else if (token.type !== 'space') {
      const block = blockOf(token, at);
      const step = at.step === null ? undefined : steps[at.step];
      if (block === null) {
        // It has been complained of.
      } else if (at.part !== null && at.part !== 'done') keys[at.part]?.push(block);
      else if (step !== undefined) step[at.part === 'done' ? 'done' : 'body'].push(block);
      else if (block.block === 'paragraph') objective.push(...block.text);
    }
    at.line += token.raw.split('\n').length - 1;
  }
  if (title === '') at.problems.push({ file, line: 1, what: 'the title is missing: # Title' });
  if (objective.length === 0)
    at.problems.push({ file, line: 1, what: 'a paragraph with the objective is missing' });
  const text: LessonText = { title, objective, steps: steps, keys };
  return { text, problems: at.problems, figures: at.figures };
}

function complain(at: Reading, what: string): void {
  at.problems.push({ file: at.file, line: at.line, what });
}

function blockOf(token: Token, at: Reading): Block | null {
  switch (token.type) {
    case 'paragraph':
      return { block: 'paragraph', text: inlines((token as Tokens.Paragraph).tokens, at) };
    case 'code':
      return { block: 'code', text: (token as Tokens.Code).text };
    case 'list': {
      const { ordered, items } = token as Tokens.List;
      return {
        block: 'list',
        ordered,
        items: items.map((item) =>
          inlines(
            item.tokens.flatMap((each) => ('tokens' in each && each.tokens) || [each]),
            at,
          ),
        ),
      };
    }
    default:
      complain(at, `${token.type} has no place in a lesson: paragraphs, lists and code are`);
      return null;
  }
}

function inlines(tokens: readonly Token[], at: Reading): Inline[] {
  return tokens.flatMap((token): Inline[] => {
    switch (token.type) {
      case 'text':
      case 'escape':
        return withFigures((token as Tokens.Text).text, at);
      case 'strong':
      case 'em':
        return [{ mark: token.type, text: (token as Tokens.Strong).text }];
      case 'codespan':
        return [{ mark: 'code', text: (token as Tokens.Codespan).text }];
      case 'br':
        return [{ mark: 'text', text: ' ' }];
      case 'link': {
        const { text, href } = token as Tokens.Link;
        if (/^https:\/\//.test(href)) return [{ mark: 'link', text, href }];
        complain(at, `the link to ${href} must begin with https://`);
        return [];
      }
      default:
        complain(at, `${token.type} has no place in a lesson's sentence`);
        return [];
    }
  });
}

/** `{lost.count}` stands for a figure. */
function withFigures(text: string, at: Reading): Inline[] {
  return text.split(/(\{[^{}\s]+\})/).flatMap((piece): Inline[] => {
    const [, name] = /^\{(.+)\}$/.exec(piece) ?? [];
    if (name === undefined)
      return piece === '' ? [] : [{ mark: 'text', text: piece.replaceAll('\n', ' ') }];
    at.figures.push({ step: at.part === 'done' ? at.step : null, name });
    return [{ mark: 'figure', text: name }];
  });
}
