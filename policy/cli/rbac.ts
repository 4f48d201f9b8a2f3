import type { KubeObject } from "../analysis/objects.ts";
import {
  authorizer,
  canAll,
  InvalidQuestion,
  parseResource,
  powers,
  readQuestions,
  unnamed,
  type Authorizer,
  type Question,
} from "../analysis/rbac/index.ts";
import type { Report } from "./format.ts";
import { readJson, readObjects, report, type Input } from "./input.ts";
import { UsageError } from "./usage-error.ts";

export interface CanOptions {
  readonly subject?: string;
  readonly verb?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly questions?: string;
}

/** `guard can`: whether RBAC allows what is asked, and by which binding and role. */
export function canCommand(files: readonly string[], options: CanOptions): { report: Report; exitCode: number } {
  const questions = inWords(() =>
    options.questions === undefined ? [oneQuestion(options)] : manyQuestions(options.questions, options),
  );
  const { items: objects, unread, problems, rbac } = readRbac(files);
  const answers = canAll(objects, questions);
  const subjects = questions.map(({ subject }) => subject);
  doubt(unnamed(objects, rbac, subjects));
  const [first] = answers;
  const isSingle = options.questions === undefined;
  const word = (allowed: boolean | null) => (allowed === null ? "undecided" : allowed ? "yes" : "no");
  return {
    report: {
      data: isSingle ? { ...first, problems } : answers,
      unread,
      sections: [
        {
          header: ["ALLOWED", "SUBJECT", "VERB", "RESOURCE", "NAMESPACE", "PATH"],
          rows: answers.map(({ allowed, path }, index) => [
            word(allowed),
            ...questionCells(questions[index]),
            path.join(" -> "),
          ]),
        },
      ],
    },
    exitCode: isSingle && first?.allowed === false ? 1 : 0,
  };
}

/** `guard powers`: who can get around the guards of a database, and by which way. */
export function powersCommand(files: readonly string[], options: { subject?: string }): Report {
  const { items: objects, problems, rbac } = readRbac(files);
  // What a role that is not known grants is no row: it may be any of them.
  const unread = problems.filter((problem) => problem.unread);
  const rows = powers(objects, options.subject);
  if (options.subject !== undefined) doubt(unnamed(objects, rbac, [options.subject]));
  return {
    data: rows,
    unread,
    sections: [
      {
        header: ["SUBJECT", "POWER", "SCOPE", "PATH"],
        rows: rows.map(({ subject, power, scope, path }) => [subject, power, scope, path.join(" -> ")]),
      },
    ],
  };
}

/** Reads the objects, and says what RBAC makes of them that nobody may have meant. */
function readRbac(files: readonly string[]): Input<KubeObject> & { readonly rbac: Authorizer } {
  const input = readObjects(files);
  const rbac = authorizer(input.items);
  report(rbac.problems);
  return { ...input, problems: [...input.problems, ...rbac.problems], rbac };
}

/** Says on standard error whom the input does not know: "no" is true of every misspelt name. */
function doubt(subjects: readonly string[]): void {
  for (const subject of subjects) {
    process.stderr.write(`${subject}: no binding and no ServiceAccount here has this name\n`);
  }
}

function manyQuestions(file: string, options: CanOptions): readonly Question[] {
  const beside = (["subject", "verb", "resource", "namespace", "name"] as const).filter(
    (name) => options[name] !== undefined,
  );
  if (beside.length > 0) {
    const names = beside.map((name) => `--${name}`).join(", ");
    throw new UsageError(`the questions of --questions say everything themselves: leave out ${names}`);
  }
  return readQuestions(readJson(file));
}

function oneQuestion({ subject, verb, resource, namespace, name }: CanOptions): Question {
  if (subject === undefined || verb === undefined || resource === undefined) {
    throw new UsageError("guard can needs --subject, --verb and --resource, or --questions FILE");
  }
  const about = parseResource(resource);
  if ("url" in about && (namespace !== undefined || name !== undefined)) {
    throw new UsageError(`${about.url} is a path outside of the API's resources: it has no --namespace and no --name`);
  }
  return {
    subject,
    verb,
    ...about,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
}

function questionCells(question: Question | undefined): string[] {
  if (question === undefined) return ["", "", "", ""];
  const { subject, verb, group = "", resource = "", subresource = "", name = "", namespace = "", url } = question;
  const parts = [group, resource, subresource, name].filter((part) => part !== "");
  return [subject, verb, url ?? parts.join("/"), namespace];
}

function inWords<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidQuestion) throw new UsageError(error.message);
    throw error;
  }
}
