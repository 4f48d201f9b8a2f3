import { gunzipSync } from "node:zlib";
import { at, isObject, list, object, text, type Json } from "../../analysis/json.ts";
import { readDocuments } from "../../analysis/load/documents.ts";

/** Something that a server writes or runs when it first boots. */
export interface Part {
  /** The file it is written to; undefined for a command, or any other text. */
  readonly path: string | undefined;
  readonly text: string;
}

/** A text without what shell and YAML take for a comment. */
export function withoutComments(text: string): string {
  return text.replace(/(^|\s)#(?!!).*$/gm, "$1");
}

/** More than any server's user data can be, unpacked. */
const largest = 1024 * 1024;

/** What user data does, in any of cloud-init's forms: cloud-config, a script, several of both, packed or not. */
export function readUserData(userData: string): readonly Part[] {
  const content = unpacked(userData);
  const boundary = /^content-type:\s*multipart\/[^\n]*?boundary="?([^"\s;]+)/im.exec(content)?.[1];
  if (boundary !== undefined && /^(content-type|mime-version):/i.test(content)) {
    return content.split(`--${boundary}`).slice(1).flatMap(readSection);
  }
  return /^(## template: jinja\s+)?#cloud-config\b/.test(content) ? readCloudConfig(content) : [plain(content)];
}

/** A part of a MIME message: headers, an empty line, and user data again. */
function readSection(section: string): readonly Part[] {
  const [headers = "", ...body] = section.trimStart().split(/\r?\n\r?\n/);
  const content = body.join("\n\n");
  const encoding = /^content-transfer-encoding:\s*base64/im.test(headers) ? "base64" : "";
  const decoded = decode(content, encoding);
  const isConfig = /^content-type:\s*text\/cloud-config/im.test(headers);
  return isConfig && !decoded.startsWith("#cloud-config") ? readCloudConfig(decoded) : readUserData(decoded);
}

function readCloudConfig(content: string): readonly Part[] {
  const { documents, problems } = readDocuments(content, "");
  // What cannot be read as YAML is still looked at.
  if (problems.length > 0) return [plain(content)];
  return documents.flatMap(({ value }) => {
    const { write_files: files = null, ...rest } = object(value);
    return [...list(files).map(readFile), ...texts(rest).map(plain)];
  });
}

function readFile(file: Json): Part {
  const content = text(at(file, "content")) ?? "";
  return { path: text(at(file, "path")), text: decode(content, text(at(file, "encoding")) ?? "") };
}

/** All texts in a value; a command that is given word by word is one. */
function texts(value: Json): readonly string[] {
  if (typeof value === "string") return [value];
  if (isObject(value)) return Object.values(value).flatMap(texts);
  return list(value).flatMap((item) => {
    const words = list(item);
    const isCommand = words.length > 0 && words.every((word) => typeof word === "string" || typeof word === "number");
    return isCommand ? [words.join(" ")] : texts(item);
  });
}

function plain(content: string): Part {
  return { path: undefined, text: content };
}

/** cloud-init also takes the whole of user data in base64, or packed and then in base64. */
function unpacked(userData: string): string {
  const compact = userData.replace(/\s/g, "");
  if (!/^[A-Za-z0-9+/]{24,}={0,2}$/.test(compact)) return userData.trimStart();
  const decoded = decode(compact, "gz+base64");
  return /^(#|content-type:|mime-version:)/i.test(decoded) ? decoded : userData;
}

function decode(content: string, encoding: string): string {
  const bytes = /b64|base64/.test(encoding) ? Buffer.from(content, "base64") : Buffer.from(content);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString();
  try {
    return gunzipSync(bytes, { maxOutputLength: largest }).toString();
  } catch {
    return "";
  }
}
