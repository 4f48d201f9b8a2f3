import type { Random } from "../../random.ts";
import { hostnames, ipv4, ipv6 } from "../world.ts";
import { weighted } from "./choose.ts";

/** What stands in the address column, a separate mask included. */
export function address(random: Random): string {
  return weighted(random, [
    [6, () => "all"],
    [1.5, () => random.pick(["samehost", "samenet"])],
    [9, () => ipv4Range(random)],
    [4, () => ipv6Range(random)],
    [1, () => random.pick(["0.0.0.0/0", "::/0", "0.0.0.0 0.0.0.0", ":: ::"])],
    [2, () => hostName(random)],
  ])();
}

/** An address column that PostgreSQL refuses, or that means something else than it looks like. */
export function oddAddress(random: Random): string {
  return random.pick([
    ..."10.0.0.5/33 10.0.0.5/ 10.0.0.5/x 10.0.0.5/-1 10.0.0.0/24/8 256.0.0.1/8 10.0.0.5/+24 10.0.0.0/024 ::1/129 ::g/64".split(
      " ",
    ),
    ..."1.2.3/8 0x0a.0.0.5/32 10.0.0.5. 1..2 08.0.0.1/32 4294967296/0 4294967295/0 fe80::1%lo/64 fe80::1%nope/64".split(
      " ",
    ),
    ..."fd00::5%7/128 fd00::5%lo/128 ::ffff:10.0.0.5/128 ::10.0.0.5/128 ::10.0.0.05/128 :::/0 1:2:3:4:5:6:7:8:9/128".split(
      " ",
    ),
    ..."samehost/32 all/0 app.example.test/32 ALL/0 localhost/8 /32 00001::/16 ::1.2.3/128 10/8 10.1/16 0/0 1:2:3:4:5:6:7::/112".split(
      " ",
    ),
    ..."10.0.0.5,10.0.0.6 all,all 10.0.0.5/32,10.0.0.6/32".split(" "),
    ..."10.0.0.5 255.255.255;10.0.0.5 ffff::;fd00::5 255.0.0.0;10.0.0.5 all;10.0.0.5 255.255.255.0,255.0.0.0;10.0.0.5 24".split(
      ";",
    ),
    ..."10.0.0.5 0x0;10.0.0.0 0377.0.0.255;fd00:: ffff:0::ffff;10.0.0.5 256.0.0.0;all 255.0.0.0;app.example.test 255.255.255.255".split(
      ";",
    ),
    ...['""', '"10.0.0.5 "/32', '"10.0.0.5/ 24"', '"10.0.0.5/24 "', '"10.0.0.5"/32', '10.0.0.5"/32"', '"all"/0', '"/"'],
  ]);
}

/** Keywords that quotes have turned into host names, and names that nobody has. */
export function neverMatchingName(random: Random): string {
  return random.pick([
    ...["ALL", "any", "*", "All", "anywhere", "${podselector:app-pods}", "podSelectorRefs(app=myapp)", "localhos"],
    ...['"all"', '"samenet"', '"samehost"', "SAMENET", "@", "app-pods", "-", "host", "é"],
  ]);
}

function ipv4Range(random: Random): string {
  const parts = random.pick([...ipv4.keys()]).split(".");
  const written = parts.map((part) => (random.chance(0.06) ? oddNumber(random, Number(part)) : part)).join(".");
  const prefix = weighted(random, [
    [4, 32],
    [3, random.between(0, 32)],
    [3, random.pick([8, 16, 24])],
  ]);
  if (random.chance(0.75)) return `${written}/${String(prefix)}`;
  const mask = random.chance(0.5)
    ? [0, 8, 16, 24].map((shift) => 0x100 - (0x100 >> Math.min(8, Math.max(0, prefix - shift))))
    : [0, 0, 0, 0].map(() => random.pick([0, 255, 255, 254, 128, 1, random.between(0, 255)]));
  return `${written} ${mask.map((part) => (random.chance(0.05) ? oddNumber(random, part) : String(part))).join(".")}`;
}

function oddNumber(random: Random, value: number): string {
  return random.pick([
    `0${value.toString(8)}`,
    `0x${value.toString(16)}`,
    `0${String(value)}`,
    `0X${value.toString(16)}`,
  ]);
}

function ipv6Range(random: Random): string {
  const written = weighted(random, [
    [8, random.pick([...ipv6.keys()])],
    [1, `::ffff:${random.pick([...ipv4.keys()])}`],
    [1, random.pick(["FD00::5", "fd00:0:0:0:0:0:0:5", "fd00:1:2:0::9", "::", "2001:DB8::", "fe80::1", "::2:0:0:1"])],
  ]);
  if (random.chance(0.8)) {
    return `${written}/${String(
      weighted(random, [
        [3, 128],
        [2, 64],
        [2, random.between(0, 128)],
        [1, 48],
      ]),
    )}`;
  }
  return `${written} ${random.pick(["ffff::", "ffff:ffff:ffff:ffff::", "::", "ffff::ffff", "fff0::", "f0f:0:ffff::1", "::ffff"])}`;
}

function hostName(random: Random): string {
  const names = [...hostnames.values()].filter((name) => name !== null);
  const name = random.pick(names);
  return weighted(random, [
    [3, name],
    [2, name.toUpperCase()],
    [3, name.slice(Math.max(0, name.indexOf(".")))],
    [
      1,
      random.pick([
        ".test",
        ".",
        ".example.test",
        "example.test",
        ".le.test",
        "nobody.example.test",
        "x.app.example.test",
      ]),
    ],
    [2, neverMatchingName(random)],
  ]);
}
