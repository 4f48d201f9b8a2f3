import type { Random } from "../../random.ts";
import { weighted } from "./choose.ts";

const tcpMethods = [
  [6, "scram-sha-256"],
  [4, "md5"],
  [5, "password"],
  [5, "reject"],
  [3, "trust"],
  [1, "ident"],
] as const;
const rareMethods = ["gss", "ldap", "pam", "radius", "oauth", "cert", "peer", "bsd", "sspi"];

/** A method and its options as they fit a connection type, sometimes one that does not. */
export function method(random: Random, type: string): string {
  if (random.chance(0.03)) return withOptions(random, type, random.pick(rareMethods));
  if (type === "local")
    return withOptions(
      random,
      type,
      random.pick(["peer", "trust", "reject", "md5", "password", "ident", "scram-sha-256"]),
    );
  if (type === "hostssl" && random.chance(0.25)) return withOptions(random, type, "cert");
  return withOptions(random, type, weighted(random, tcpMethods));
}

/** A method word that there never was, or not in every version. */
export function oddMethod(random: Random): string {
  return random.pick([
    ..."SCRAM-SHA-256 scram scram-sha-512 MD5 krb5 none allow Reject trust, md5,password = oauth 255.255.255.0 x".split(
      " ",
    ),
    ...['"md5"', '"trust"', 'm"d5"', "gss", "sspi", "bsd", "pam", "ldap", "radius", "peer", "cert", "ident", '""'],
  ]);
}

/** Options of all kinds, fitting or not. */
export function oddOption(random: Random): string {
  return random.pick([
    ..."clientcert=1 clientcert=0 clientcert=verify-ca clientcert=verify-full clientcert=no-verify clientname=CN clientname=DN".split(
      " ",
    ),
    ..."clientname=cn map=m map= map include_realm=1 include_realm=0 krb_realm=X compat_realm=1 upn_username=1 pamservice=p".split(
      " ",
    ),
    ..."pam_use_hostname=1 ldapserver=x ldapport=0 ldapport=389 radiussecrets=s nosuch=1 =x clientcert issuer=https://x scope=s".split(
      " ",
    ),
    ..."validator=v delegate_ident_mapping=1 CLIENTCERT=verify-ca clientcert= constructor=1 toString=1".split(" "),
    ...[
      "map=a,map=b",
      '"map=with blank"',
      "map=a b",
      'map="a=b"',
      "clientcert=verify-full,clientname=CN",
      "map=a=b",
      "clientcert = verify-ca",
    ],
  ]);
}

function withOptions(random: Random, type: string, name: string): string {
  const options: string[] = [];
  const add = (probability: number, ...choices: string[]) => {
    if (random.chance(probability)) options.push(random.pick(choices));
  };
  if (type === "hostssl") add(0.2, "clientcert=verify-full", "clientcert=verify-ca", "clientname=CN", "clientname=DN");
  switch (name) {
    case "cert":
    case "peer":
    case "ident":
      add(0.4, "map=local", "map=cnpg_streaming_replica", 'map="my map"');
      break;
    case "gss":
      add(0.3, "include_realm=0", "include_realm=1", "include_realm=yes");
      add(0.3, "krb_realm=EXAMPLE.TEST");
      break;
    case "pam":
      add(0.3, "pamservice=postgresql");
      add(0.3, "pam_use_hostname=1");
      break;
    case "ldap":
      add(0.9, "ldapserver=127.0.0.1", 'ldapserver="a b"');
      add(
        0.4,
        "ldapport=389",
        "ldapport=0",
        "ldapport=70000",
        "ldapport=x",
        "ldapport=-1",
        "ldapport=4294967296",
        "ldapport=+12z",
      );
      add(0.3, "ldaptls=1", "ldaptls=0", "ldapscheme=ldaps", "ldapscheme=http");
      add(0.5, 'ldapprefix="cn="', "ldapsuffix=,dc=test", 'ldapprefix=""');
      add(0.5, 'ldapbasedn="dc=example, dc=test"', "ldapbasedn=dc=test");
      add(
        0.3,
        "ldapsearchattribute=uid",
        "ldapsearchfilter=(uid=$username)",
        "ldapbinddn=cn=x",
        "ldapbindpasswd=secret",
      );
      add(0.2, "ldapsearchattribute=uid");
      add(0.15, ...ldapUrls);
      break;
    case "radius":
      add(
        0.9,
        "radiusservers=127.0.0.1",
        'radiusservers="127.0.0.1,127.0.0.2"',
        "radiusservers=",
        "radiusservers=nobody.test",
        'radiusservers=",a"',
      );
      add(
        0.9,
        "radiussecrets=s",
        'radiussecrets="s,t"',
        'radiussecrets="""s"" , t"',
        "radiussecrets=",
        'radiussecrets="""s"',
        'radiussecrets="s t"',
      );
      add(
        0.3,
        "radiusports=1812",
        'radiusports="1812,1813"',
        "radiusports=x",
        "radiusports=0",
        'radiusports="1,2,3"',
        'radiusports=",1"',
      );
      add(0.2, "radiusidentifiers=a", 'radiusidentifiers="a,b"', 'radiusidentifiers="a,b,c"');
      break;
    case "oauth":
      add(0.85, "issuer=https://issuer.test");
      add(0.85, 'scope="openid email"', "scope=");
      add(0.3, "validator=no_such_validator", "validator=other");
      add(0.2, "delegate_ident_mapping=1", "delegate_ident_mapping=0");
      add(0.2, "map=m");
      break;
  }
  return [name, ...options].join(random.pick([" ", " ", "  ", "\t"]));
}

const ldapUrls = [
  "ldapurl=ldap://ldap.test/dc=test?uid?sub",
  "ldapurl=ldaps://ldap.test:6360/dc=test",
  'ldapurl="ldap://ldap.test/dc=example,dc=test?uid,cn?one?(objectClass=*)"',
  "ldapurl=http://ldap.test/",
  "ldapurl=ldap://ldap.test/dc=test?uid?nope",
  "ldapurl=ldap.test",
  "ldapurl=ldap:///dc=test",
];
