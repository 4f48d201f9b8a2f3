import { at, isYes, list, text, texts, type Json } from "../../analysis/json.ts";
import type { KubeObject } from "../../analysis/objects.ts";
import { isUnknown } from "../../analysis/unknown.ts";
import type { Finding, ObjectRule } from "../rule.ts";
import { attributePowers, powersInSql, rolePowers } from "./sql-powers.ts";

type Path = readonly (string | number)[];

/** Where a Cluster holds SQL that the superuser runs when it is made. */
const sqlPaths: readonly Path[] = [
  ["spec", "bootstrap", "initdb", "postInitSQL"],
  ["spec", "bootstrap", "initdb", "postInitTemplateSQL"],
  ["spec", "bootstrap", "initdb", "postInitApplicationSQL"],
  ["spec", "bootstrap", "initdb", "import", "postImportApplicationSQL"],
];

/** pg_hba and Secrets keep clients apart; a role with one of these powers walks around both, once it is connected. */
export const rolesWithoutGlobalPowers: ObjectRule = {
  scope: "object",
  name: "roles-without-global-powers",
  level: "mandatory",
  severity: "high",
  description: "A role must not have powers over all databases of a Cluster, over other roles, or over its server.",
  fix: "grant the role what it needs in its own database, or name it in allowedRoles",
  url: "https://www.postgresql.org/docs/current/predefined-roles.html",
  parameters: {
    allowedRoles: {
      type: "array",
      items: { type: "string", minLength: 1 },
      default: [],
      description: "Roles that need such powers and are no client's: of a backup tool, or of a logical subscriber",
    },
  },
  kinds: ["Cluster.postgresql.cnpg.io", "DatabaseRole.postgresql.cnpg.io"],
  judge(object, { parameters }) {
    const allowed = texts(parameters["allowedRoles"]);
    const found = object.kind === "DatabaseRole" ? judgeRole(object.body["spec"], ["spec"]) : judgeCluster(object);
    return found
      .filter(({ role }) => !allowed.includes(role))
      .map(({ role, problem, ...finding }) => ({ ...finding, message: `role ${role} ${problem}` }));
  },
};

type Found = Omit<Finding, "message"> & { readonly role: string; readonly problem: string };

function judgeCluster({ body }: KubeObject): readonly Found[] {
  const rolesPath = ["spec", "managed", "roles"];
  const managed = known(at(body, ...rolesPath), rolesPath, (role, path) => judgeRole(role, path));
  const statements = sqlPaths.flatMap((sqlPath) =>
    known(at(body, ...sqlPath), sqlPath, (sql, path) =>
      powersInSql(text(sql) ?? "").map(({ role, power }) => ({ path, role, problem: `is given ${power} by SQL` })),
    ),
  );
  return [...managed, ...statements];
}

function judgeRole(role: Json | undefined, path: Path): readonly Found[] {
  if (at(role, "ensure") === "absent") return [];
  const name = text(at(role, "name")) ?? "?";
  const attributes = attributePowers.flatMap((power): Found[] => {
    const value = at(role, power);
    if (isUnknown(value)) return [open([...path, power], name)];
    return isYes(value) ? [{ path: [...path, power], role: name, problem: `has ${power}` }] : [];
  });
  const groups = known(
    at(role, "inRoles"),
    [...path, "inRoles"],
    (group, at) => {
      const power = rolePowers.find((one) => one === group);
      return power === undefined ? [] : [{ path: at, role: name, problem: `is in ${power}` }];
    },
    name,
  );
  return [...attributes, ...groups];
}

/** What is found in the members of a list; those that are not known yet are left open. */
function known(
  members: Json | undefined,
  path: Path,
  judge: (member: Json, path: Path) => readonly Found[],
  role?: string,
): Found[] {
  if (isUnknown(members)) return [open(path, role)];
  return list(members).flatMap((member, index) => {
    const at = [...path, index];
    return isUnknown(member) ? [open(at, role)] : judge(member, at);
  });
}

function open(path: Path, role = "?"): Found {
  return { path, role, problem: `may get powers: ${path.join(".")} is not known before up`, undecided: true };
}
