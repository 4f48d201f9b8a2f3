import { type Bytes, toText } from "./bytes.ts";
import { parseLdapUrl } from "./ldap-url.ts";
import { type ConnectionType, LineError, type Method } from "./rule.ts";
import type { Server } from "./server.ts";
import { parseInteger, splitList } from "./values.ts";

/** The options of a line by name; flags are "true" or "false". */
export type OptionValues = Map<string, Bytes>;

/** What an option means depends on the line that it stands on. */
export interface OptionLine {
  readonly type: ConnectionType;
  readonly method: Method;
  readonly server: Server;
}

export type Setter = (values: OptionValues, value: Bytes, line: OptionLine) => void;

/** Options whose value is looked at. All others keep it as it is. */
export const setters: ReadonlyMap<string, Setter> = new Map(
  Object.entries<Setter>({
    clientcert: (values, value, line) => {
      if (line.type !== "hostssl") throw new LineError('clientcert can only be configured for "hostssl" rows');
      if (value !== "verify-full" && value !== "verify-ca") {
        throw new LineError(`invalid value for clientcert: "${toText(value)}"`);
      }
      if (value === "verify-ca" && line.method === "cert") {
        throw new LineError('clientcert can only be set to "verify-full" when using "cert" authentication');
      }
      values.set("clientcert", value);
    },
    clientname: (values, value, line) => {
      if (line.type !== "hostssl") throw new LineError('clientname can only be configured for "hostssl" rows');
      if (value !== "CN" && value !== "DN") throw new LineError(`invalid value for clientname: "${toText(value)}"`);
      values.set("clientname", value);
    },
    include_realm: flag("include_realm"),
    ldaptls: flag("ldaptls"),
    delegate_ident_mapping: flag("delegate_ident_mapping"),
    ldapport: (values, value) => {
      const port = parseInteger(value);
      if (port === 0) throw new LineError(`invalid LDAP port number: "${toText(value)}"`);
      values.set("ldapport", String(port));
    },
    ldapurl: (values, value) => {
      for (const [name, part] of parseLdapUrl(value)) values.set(name, part);
    },
    radiusservers: (values, value, { server }) => {
      for (const name of splitNames("server", value)) {
        if (!server.resolves(toText(name))) {
          throw new LineError(
            `could not translate RADIUS server name "${toText(name)}" to address: Name or service not known`,
          );
        }
      }
      values.set("radiusservers", value);
    },
    radiusports: (values, value) => {
      const ports = splitList(value);
      if (ports === undefined || ports.some((port) => parseInteger(port) === 0)) {
        throw new LineError(`invalid RADIUS port number: "${toText(value)}"`);
      }
      values.set("radiusports", value);
    },
    radiussecrets: (values, value) => {
      splitNames("secret", value);
      values.set("radiussecrets", value);
    },
    radiusidentifiers: (values, value) => {
      splitNames("identifiers", value);
      values.set("radiusidentifiers", value);
    },
  }),
);

function flag(name: string): Setter {
  return (values, value) => {
    values.set(name, String(value === "1"));
  };
}

function splitNames(what: string, value: Bytes): readonly Bytes[] {
  const names = splitList(value);
  if (names === undefined) throw new LineError(`could not parse RADIUS ${what} list "${toText(value)}"`);
  return names;
}
