/**
 * Lessons as modules: `lessons/<nn-slug>/lesson.yaml` is the lesson as data, `lessons/<nn-slug>/text.<language>.md` its
 * texts. What is wrong with an author's file stops the build, in words. No parser is shipped.
 */
import { dirname, basename, join } from 'node:path';
import type { Plugin } from 'vite';
import { compileCourse, compileLesson, type Language } from './compile.ts';
import type { CourseEntry } from '../../src/lessons/lesson-text.ts';
import { lessonFolder } from './folder.ts';

export function lessonModules(root: string): Plugin {
  const files = lessonFolder(root);
  return {
    name: 'lesson-modules',
    transform: {
      filter: { id: /[\\/]lessons[\\/](course\.yaml|[^\\/]+[\\/](lesson\.yaml|text\.\w+\.md))$/ },
      handler(_code, id) {
        if (id.endsWith('course.yaml')) {
          const entries = compileCourse(files).map((folder): CourseEntry => {
            const { id, number, level, minutes, requires } = compileLesson(files, folder).lesson;
            return { folder, id, number, level, minutes, requires };
          });
          return module(entries);
        }
        const folder = basename(dirname(id));
        for (const path of files.below(folder)) this.addWatchFile(join(root, folder, path));
        const compiled = compileLesson(files, folder);
        const [, language] = /text\.(\w+)\.md$/.exec(id) ?? [];
        return module(
          language === undefined ? compiled.lesson : compiled.texts[language as Language],
        );
      },
    },
  };
}

function module(value: unknown): { code: string; map: null } {
  return { code: `export default ${JSON.stringify(value)};`, map: null };
}
