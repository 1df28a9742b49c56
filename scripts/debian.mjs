// What the tests need from Debian. `debianPackages` installs programs; `asterisk` fetches a telephone exchange, which is
// unpacked into a cache and never installed: it comes from a newer Debian and runs with that Debian's own C library.
// Runs on Node 20 as well.
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { cpSync, lstatSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const SUITES = ["forky", "sid"];
const TRIPLETS = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" };
const MODULES = fileURLToPath(new URL("../test/exchange/asterisk/modules.conf", import.meta.url));
/** Packages that serve modules which are not loaded, or the installation only: 25 MB to fetch instead of 60. */
const NOT_NEEDED = new RegExp(
  `^(${[
    "perl|libperl|adduser|debconf|passwd|base-passwd|login|libpam|libdebconf|gnupg|gpg|dirmngr|pinentry",
    "libgpg|libgmime|libksba|libassuan|libnpth|libcodec2|libsnmp|libsensors|libpci|pci\\.ids|libpq",
    "libldap|libsasl|libodbc|libradcli|freetds|libsybdb|liblua|libjack|libportaudio|libasound|libspandsp",
    "libtiff|libjpeg|libwebp|libsharpyuv|libjbig|liblerc|libdeflate|libneon|libical|libicu|libiksemel",
    "libunbound|libcurl|libgnutls|libkrb5|libgssapi|libk5|libglib|libmount|libblkid|libnl-|libdb5|libgdbm",
    "tzdata|readline|libreadline|libncurses|libvorbis|libvo-|libopencore|libopusfile|libjwt|libselinux",
    "libsemanage|libsepol|libaudit|libc-gconv|libsamplerate|libbluetooth|libmysql|libssh|libngtcp",
    "libnghttp|libp11|libhogweed|libnettle|libgcrypt|libunistring|openssl-provider",
  ].join("|")})`,
);

/** Installs the Debian packages that are missing; silent when none is. Throws, saying what to type, when it cannot. */
export function debianPackages(names) {
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const root = process.getuid?.() === 0;
  const sudo = !root && succeeds("sudo", ["-n", "true"]);
  const byHand = `apt-get install --no-install-recommends ${missing.join(" ")}`;
  if (!root && !sudo) throw new Error(`the tests need Debian packages; run as root: ${byHand}`);
  console.log(`Installing from Debian: ${missing.join(", ")} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args) => {
    const command = ["apt-get", "-qq", ...args];
    return sudo
      ? run("sudo", ["-n", "-E", ...command], { env })
      : run(command[0], command.slice(1), { env });
  };
  const install = () => apt("install", "-y", "--no-install-recommends", ...missing);
  if (install().status === 0) return;
  apt("update");
  const { status, output } = install();
  if (status !== 0) throw new Error(`Debian packages were not installed (${byHand}):\n${output}`);
}

/**
 * The folder with the unpacked exchange, fetched when it is not in the cache: about 25 MB, some ten seconds. Its programs
 * are started by {@link inTree}. Throws when no mirror has it.
 */
export async function asterisk() {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "warmline");
  const folder = (suite) => join(cache, `asterisk-${suite}`);
  const there = SUITES.map(folder).find((root) => existsSync(join(root, "usr/sbin/asterisk")));
  if (there) return there;
  mkdirSync(cache, { recursive: true });
  const failures = [];
  for (const suite of SUITES) {
    console.log(`Fetching Asterisk from Debian ${suite} …`);
    const work = mkdtempSync(join(cache, "fetch-"));
    try {
      const tree = fetchSuite(suite, work);
      // Another process may have been as quick: then its tree serves both.
      if (!existsSync(folder(suite))) renameSync(tree, folder(suite));
      return folder(suite);
    } catch (error) {
      failures.push(`${suite}: ${error.message}`);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  throw new Error(`Asterisk could not be fetched from Debian:\n${failures.join("\n")}`);
}

/** How a program of an unpacked tree is started with the tree's own C library: a command and its first arguments. */
export function inTree(root, program) {
  const libraries = join(root, "usr/lib", triplet());
  const loader = readdirSync(libraries).find((name) => /^ld-linux-.*\.so\./.test(name));
  if (!loader) throw new Error(`no dynamic loader in ${libraries}`);
  const path = `${libraries}:${join(root, "usr/lib")}`;
  return [join(libraries, loader), "--library-path", path, join(root, program)];
}

/** Where the exchange's modules are in an unpacked tree. */
export function moduleFolder(root) {
  return join(root, "usr/lib", triplet(), "asterisk/modules");
}

function triplet() {
  const found = TRIPLETS[process.arch];
  if (!found) throw new Error(`Debian has no Asterisk that was tried on ${process.arch}`);
  return found;
}

function fetchSuite(suite, work) {
  const tree = join(work, "tree");
  const folders = ["state/lists/partial", "cache/archives/partial", "debs", "tree"];
  for (const folder of folders) mkdirSync(join(work, folder), { recursive: true });
  writeFileSync(join(work, "status"), "");
  // The index of a testing suite on a mirror may be past its date; its signature is checked all the same.
  const trust = "signed-by=/usr/share/keyrings/debian-archive-keyring.gpg check-valid-until=no";
  writeFileSync(join(work, "sources.list"), `deb [${trust}] ${mirror()} ${suite} main\n`);
  writeFileSync(
    join(work, "apt.conf"),
    `Dir::State "${work}/state"; Dir::State::status "${work}/status"; Dir::Cache "${work}/cache";
Dir::Log "${work}"; Dir::Etc::SourceList "${work}/sources.list"; Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null"; Dir::Etc::PreferencesParts "/dev/null";
APT::Install-Recommends "false"; APT::Sandbox::User "root"; Acquire::Languages "none";
DPkg::Post-Invoke ""; APT::Update::Post-Invoke ""; APT::Update::Post-Invoke-Success "";
`,
  );
  const env = { ...process.env, APT_CONFIG: join(work, "apt.conf") };
  must(run("apt-get", ["-qq", "update"], { env }), "apt-get update");
  const uris = must(
    run("apt-get", ["-qq", "-y", "--print-uris", "install", "asterisk"], { env }),
    "apt-get --print-uris install asterisk",
  );
  const names = [...uris.matchAll(/^'\S+' ([^_\s]+)_/gm)].map((match) => match[1]);
  const needed = names.filter((name) => !NOT_NEEDED.test(name));
  unpack(needed, work, tree, env);
  if (missingLibraries(tree).length > 0) unpack(names, work, tree, env);
  const missing = missingLibraries(tree);
  if (missing.length > 0) throw new Error(`libraries are missing: ${missing.join(", ")}`);
  return tree;
}

function unpack(names, work, tree, env) {
  const debs = join(work, "debs");
  must(run("apt-get", ["-qq", "download", ...names], { env, cwd: debs }), "apt-get download");
  for (const name of readdirSync(debs)) {
    const archive = join(debs, name);
    const without = ["doc", "man", "locale"].map((part) => `--exclude=./usr/share/${part}/*`);
    const tar = ["-x", "-C", tree, "--no-same-owner", "--keep-directory-symlink"];
    const { status, stderr } = spawnSync(
      "sh",
      ["-c", 'dpkg-deb --fsys-tarfile "$1" | { shift; tar "$@"; }', "sh", archive].concat(
        tar,
        without,
        ["--exclude=./etc/*", "--exclude=./usr/bin/*"],
      ),
      { encoding: "utf8" },
    );
    if (status !== 0) throw new Error(`${name} was not unpacked: ${stderr}`);
    rmSync(archive);
  }
  const lib = join(tree, "lib");
  if (existsSync(lib) && !lstatSync(lib).isSymbolicLink()) {
    cpSync(lib, join(tree, "usr/lib"), { recursive: true, verbatimSymlinks: true });
    rmSync(lib, { recursive: true });
  }
  const sounds = join(tree, "usr/share/asterisk/sounds");
  const english = existsSync(sounds) && readdirSync(sounds).find((name) => name.startsWith("en_"));
  if (english && !existsSync(join(sounds, "en"))) symlinkSync(english, join(sounds, "en"));
}

/** Libraries that the exchange or one of the modules it will load asks for in vain. */
function missingLibraries(tree) {
  const wanted = readFileSync(MODULES, "utf8").matchAll(/^load = (\S+)/gm);
  const modules = [...wanted].map((match) => join(moduleFolder(tree), match[1]));
  const missing = new Set();
  for (const program of [join(tree, "usr/sbin/asterisk"), ...modules]) {
    if (!existsSync(program)) {
      missing.add(program);
      continue;
    }
    const [loader, option, path] = inTree(tree, "");
    const { output } = run(loader, [option, path, "--list", program]);
    for (const match of output.matchAll(/(\S+) => not found/g)) missing.add(match[1]);
  }
  return [...missing];
}

/** The mirror that this machine's apt uses already. */
function mirror() {
  const targets = run("apt-get", [
    "indextargets",
    "--format",
    "$(REPO_URI)",
    "Created-By: Packages",
  ]);
  return (
    targets.stdout.split("\n").find((uri) => /\/debian\/?$/.test(uri)) ??
    "http://deb.debian.org/debian"
  );
}

function isInstalled(name) {
  return run("dpkg-query", ["-W", "-f", "${db:Status-Status}", name]).stdout === "installed";
}

function succeeds(command, args) {
  return run(command, args).status === 0;
}

function must({ status, output, stdout }, what) {
  if (status !== 0) throw new Error(`${what} failed: ${output.trim()}`);
  return stdout;
}

function run(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 26, ...options });
  const output = `${done.stdout ?? ""}${done.stderr ?? ""}${done.error ? done.error.message : ""}`;
  return { status: done.status, stdout: done.stdout ?? "", output };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(await asterisk());
}
