import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  existsSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { outcome, type Outcome } from "../../local/exec.ts";

/** A file of cloud-init's `write_files`. */
interface File {
  path: string;
  permissions: string;
  content: string;
}

/** A root directory as a first boot leaves it: this machine's programs, and the files of some user data. */
export interface Machine {
  /** Runs a command in a chroot with mount (and, asked for, network) namespaces of its own. */
  run(command: string, options?: { ownNetwork?: boolean; env?: Record<string, string> }): Promise<Outcome>;
  /** Content of a file; undefined where there is none. */
  read(path: string): string | undefined;
  write(path: string, content: string, mode?: number): void;
  remove(): void;
}

/** Programs in /usr/local go before this machine's own. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Makes a machine from user data, with some lines of node.env replaced. */
export function machine(userData: string, environment: Record<string, string> = {}): Machine {
  const root = mkdtempSync(join(tmpdir(), "hetzner-machine-"));
  const at = (path: string) => join(root, path);
  const write = (path: string, content: string, mode = 0o644) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), content);
    chmodSync(at(path), mode);
  };
  for (const folder of ["usr", "dev", "proc", "tmp", "run", "etc", "usr-local/bin", "usr-local/lib"]) {
    mkdirSync(at(folder), { recursive: true });
  }
  for (const link of ["bin", "sbin", "lib", "lib64"]) symlinkSync(`usr/${link}`, at(link));
  write("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
  for (const { path, permissions, content } of (parse(userData) as { write_files: File[] }).write_files) {
    write(path.replace(/^\/usr\/local\//, "/usr-local/"), content, parseInt(permissions, 8));
  }
  const variables = Object.entries(environment).map(([name, value]) => `${name}='${value}'\n`);
  const file = "/etc/hcloud-postgres/node.env";
  write(file, readFileSync(at(file), "utf8") + variables.join(""), 0o600);

  const setUp = [
    `mount --rbind /usr ${root}/usr`,
    `mount --bind ${root}/usr-local ${root}/usr/local`,
    `mount --rbind /dev ${root}/dev`,
    `mount -t proc proc ${root}/proc`,
  ].join(" && ");
  return {
    write,
    read: (path) => {
      const real = at(path.replace(/^\/usr\/local\//, "/usr-local/"));
      return existsSync(real) ? readFileSync(real, "utf8") : undefined;
    },
    run: (command, { ownNetwork = false, env = {} } = {}) =>
      outcome(
        "unshare",
        [
          "--mount",
          "--pid",
          "--fork",
          ...(ownNetwork ? ["--net"] : []),
          "sh",
          "-euc",
          `${setUp} && exec chroot ${root} sh -c "$COMMAND"`,
        ],
        { env: { ...env, PATH, COMMAND: command }, timeoutSeconds: 60 },
      ),
    remove: () => {
      rmSync(root, { recursive: true });
    },
  };
}
