//! Which arguments of which programs are secrets: data, all of it in one table that is read from top to
//! bottom, hence the length.

use std::collections::HashSet;
use std::sync::LazyLock;

use Joint::{Apart, Either, Joined};
use Part::{AfterColon, AfterComma, AfterMark, AfterPass, AfterSlash, Whole};

/// How an option and its value are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// `-p VALUE`.
    Apart,
    /// `-pVALUE`: alone it asks.
    Joined,
    /// Both, and `-p=VALUE`.
    Either,
}

/// Which part of a value is secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// `USER:secret`.
    AfterColon,
    /// `USER,secret`.
    AfterComma,
    /// `USER%secret`.
    AfterMark,
    /// `USER/secret@DATABASE`.
    AfterSlash,
    /// `pass:secret`.
    AfterPass,
}

/// An option of some programs.
pub(super) struct Taken {
    /// The names of the programs.
    pub(super) programs: &'static [&'static str],
    /// A word that has to stand among the arguments; empty if none has to.
    pub(super) with: &'static str,
    /// The options; those with one dash and one letter may stand behind others, as in `-sSu`.
    pub(super) options: &'static [&'static str],
    pub(super) joint: Joint,
    pub(super) part: Part,
}

const fn taken(
    programs: &'static [&'static str],
    with: &'static str,
    options: &'static [&'static str],
    joint: Joint,
    part: Part,
) -> Taken {
    Taken {
        programs,
        with,
        options,
        joint,
        part,
    }
}

const MYSQL: &[&str] = &[
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mysqlimport",
    "mysqlcheck",
    "mysqlshow",
    "mysqlslap",
    "mysqlbinlog",
    "mysqlpump",
    "mysqlsh",
    "mysql_upgrade",
    "mariadb",
    "mariadb-dump",
    "mariadb-admin",
    "mariadb-import",
    "mariadb-check",
    "mydumper",
    "myloader",
    "xtrabackup",
    "mariabackup",
    "innobackupex",
    "pt-query-digest",
    "mycli",
];
const CURL: &[&str] = &["curl", "curlie", "hurl"];
const LDAP: &[&str] = &[
    "ldapsearch",
    "ldapadd",
    "ldapmodify",
    "ldapdelete",
    "ldappasswd",
    "ldapwhoami",
    "ldapcompare",
    "ldapmodrdn",
    "ldapexop",
];
const MONGO: &[&str] = &[
    "mongo",
    "mongosh",
    "mongodump",
    "mongorestore",
    "mongoexport",
    "mongoimport",
    "mongostat",
    "mongotop",
    "mongofiles",
];
const LOGIN: &[&str] = &[
    "docker", "podman", "buildah", "skopeo", "nerdctl", "helm", "oras", "crane", "oc", "regctl",
    "az", "cf",
];
const IMAGES: &[&str] = &["skopeo", "podman", "buildah", "ctr", "nerdctl"];
const SNMP: &[&str] = &[
    "snmpget",
    "snmpwalk",
    "snmpset",
    "snmpbulkwalk",
    "snmpbulkget",
    "snmpgetnext",
    "snmptrap",
    "snmpinform",
    "snmptable",
    "snmpstatus",
    "snmpusm",
    "snmpdf",
];
const SAMBA: &[&str] = &[
    "smbclient",
    "rpcclient",
    "net",
    "smbget",
    "smbcacls",
    "smbtree",
    "winexe",
    "wmic",
    "smbmap",
    "nmblookup",
];
const KEYTOOL: &[&str] = &["keytool", "jarsigner", "apksigner"];
const MOSQUITTO: &[&str] = &["mosquitto_pub", "mosquitto_sub", "mosquitto_rr"];
const SQLSERVER: &[&str] = &["sqlcmd", "bcp", "isql", "tsql", "osql", "bteq"];
const PUTTY: &[&str] = &["plink", "pscp", "psftp", "putty", "klink"];

/// The table.
pub(super) const TAKEN: &[Taken] = &[
    taken(
        CURL,
        "",
        &["-u", "--user", "-U", "--proxy-user"],
        Either,
        AfterColon,
    ),
    taken(
        CURL,
        "",
        &[
            "--pass",
            "--proxy-pass",
            "--tlspassword",
            "--oauth2-bearer",
            "--key-passwd",
        ],
        Either,
        Whole,
    ),
    taken(
        &["http", "https", "xh", "xhs"],
        "",
        &["-a", "--auth"],
        Either,
        AfterColon,
    ),
    taken(
        &["wget", "wget2", "aria2c", "axel"],
        "",
        &[
            "--http-passwd",
            "--ftp-passwd",
            "--http-password",
            "--ftp-password",
        ],
        Either,
        Whole,
    ),
    taken(
        &["ab", "hey", "siege", "wrk", "oha"],
        "",
        &["-A", "-P", "-a", "--auth"],
        Either,
        AfterColon,
    ),
    taken(
        &["lftp", "lftpget"],
        "",
        &["-u", "--user"],
        Either,
        AfterComma,
    ),
    taken(
        &["ncftpget", "ncftpput", "ncftp", "ncftpls"],
        "",
        &["-p"],
        Either,
        Whole,
    ),
    taken(MYSQL, "", &["-p"], Joined, Whole),
    taken(&["mycli", "pgcli"], "", &["-p"], Either, Whole),
    taken(MONGO, "", &["-p"], Either, Whole),
    taken(
        &[
            "redis-cli",
            "valkey-cli",
            "keydb-cli",
            "redis-benchmark",
            "valkey-benchmark",
        ],
        "",
        &["-a", "--pass"],
        Apart,
        Whole,
    ),
    taken(SQLSERVER, "", &["-P"], Either, Whole),
    taken(
        &[
            "sqlplus", "sqlldr", "expdp", "impdp", "exp", "imp", "sqlcl", "rman",
        ],
        "",
        &[""],
        Apart,
        AfterSlash,
    ),
    taken(&["cqlsh", "dsbulk"], "", &["-p"], Either, Whole),
    taken(&["nodetool", "sstableloader"], "", &["-pw"], Apart, Whole),
    taken(
        &["influx", "influxd"],
        "",
        &["-password", "--password", "-token", "-t", "--token"],
        Either,
        Whole,
    ),
    taken(&["influx"], "setup", &["-p"], Either, Whole),
    taken(&["gh"], "secret", &["--body", "-b"], Either, Whole),
    taken(&["codecov"], "", &["-t"], Either, Whole),
    taken(&["consul"], "", &["-encrypt"], Either, Whole),
    taken(&["az"], "sql", &["-p"], Either, Whole),
    taken(&["az"], "mysql", &["-p"], Either, Whole),
    taken(&["az"], "postgres", &["-p"], Either, Whole),
    taken(
        &["rclone"],
        "config",
        &["key", "pass", "secret_access_key", "client_secret"],
        Apart,
        Whole,
    ),
    taken(&["beeline"], "", &["-p", "-w"], Apart, Whole),
    taken(&["vsql", "exaplus"], "", &["-w"], Either, Whole),
    taken(&["neo4j", "cypher-shell"], "", &["-p"], Either, Whole),
    taken(
        &["couchbase-cli", "cbq", "cbbackupmgr"],
        "",
        &["-p"],
        Either,
        Whole,
    ),
    taken(&["sshpass"], "", &["-p"], Either, Whole),
    taken(PUTTY, "", &["-pw"], Apart, Whole),
    taken(&["dbclient", "pssh"], "", &["-pw"], Apart, Whole),
    taken(LOGIN, "login", &["-p"], Either, Whole),
    taken(
        &["az"],
        "",
        &[
            "--client-secret",
            "--account-key",
            "--sas-token",
            "--admin-password",
        ],
        Either,
        Whole,
    ),
    taken(
        IMAGES,
        "",
        &["--creds", "--src-creds", "--dest-creds"],
        Either,
        AfterColon,
    ),
    taken(&["ctr"], "", &["-u", "--user"], Either, AfterColon),
    taken(
        &["kubectl", "helm"],
        "",
        &["--docker-password", "--password", "--token", "--kube-token"],
        Either,
        Whole,
    ),
    taken(LDAP, "", &["-w"], Either, Whole),
    taken(&["ldappasswd"], "", &["-s", "-a"], Either, Whole),
    taken(&["htpasswd"], "", &["-b"], Apart, Whole),
    taken(
        &["openssl"],
        "",
        &["-pass", "-passin", "-passout", "-keypass", "-proxy_pass"],
        Apart,
        AfterPass,
    ),
    taken(
        &["openssl"],
        "",
        &["-k", "-K", "-hmac", "-psk", "-srppass"],
        Apart,
        Whole,
    ),
    taken(
        &["gpg", "gpg2", "gpgsm", "symmetric"],
        "",
        &["--passphrase"],
        Either,
        Whole,
    ),
    taken(&["ssh-keygen"], "", &["-N", "-P"], Either, Whole),
    taken(
        &["7z", "7za", "7zr", "7zz", "rar", "unrar", "p7zip", "arj"],
        "",
        &["-p", "-hp"],
        Joined,
        Whole,
    ),
    taken(
        &["zip", "unzip", "zipcloak", "funzip"],
        "",
        &["-P", "--passphrase"],
        Either,
        Whole,
    ),
    taken(
        &["qpdf", "pdftk", "pdftotext"],
        "",
        &[
            "-upw",
            "-opw",
            "--password",
            "user_pw",
            "owner_pw",
            "input_pw",
        ],
        Apart,
        Whole,
    ),
    taken(SAMBA, "", &["-U", "--user"], Either, AfterMark),
    taken(&["smbpasswd", "pdbedit"], "", &["-w"], Apart, Whole),
    taken(
        KEYTOOL,
        "",
        &[
            "-storepass",
            "-keypass",
            "-srcstorepass",
            "-deststorepass",
            "-srckeypass",
            "-destkeypass",
            "-new",
        ],
        Apart,
        Whole,
    ),
    taken(
        &["apksigner"],
        "",
        &["--ks-pass", "--key-pass"],
        Apart,
        AfterPass,
    ),
    taken(MOSQUITTO, "", &["-P", "--pw"], Either, Whole),
    taken(
        &["ipmitool", "ipmi-sensors", "ipmipower"],
        "",
        &["-P"],
        Either,
        Whole,
    ),
    taken(
        &["ipmipower", "ipmi-chassis", "racadm"],
        "",
        &["-p"],
        Either,
        Whole,
    ),
    taken(SNMP, "", &["-A", "-X"], Either, Whole),
    taken(
        &["consul", "nomad", "vault", "consul-template", "bao"],
        "",
        &["-token", "-http-token"],
        Either,
        Whole,
    ),
    taken(&["etcdctl"], "", &["--user"], Either, AfterColon),
    taken(&["etcdctl"], "", &["--password"], Either, Whole),
    taken(&["twine"], "", &["-p"], Either, Whole),
    taken(
        &["useradd", "usermod", "adduser", "groupadd"],
        "",
        &["-p"],
        Either,
        Whole,
    ),
    taken(&["rdesktop"], "", &["-p"], Either, Whole),
    taken(
        &["xfreerdp", "wlfreerdp", "freerdp", "mstsc", "xfreerdp3"],
        "",
        &["/p:", "/gp:"],
        Joined,
        Whole,
    ),
    taken(
        &["cadaver", "davfs2", "fetchmail", "sendemail", "sendEmail"],
        "",
        &["-xp"],
        Apart,
        Whole,
    ),
    taken(&["swaks"], "", &["--auth-password", "-ap"], Apart, Whole),
    taken(&["rabbitmqadmin"], "", &["-p", "--password"], Either, Whole),
    taken(
        &[
            "impacket-smbclient",
            "evil-winrm",
            "crackmapexec",
            "netexec",
        ],
        "",
        &["-p"],
        Apart,
        Whole,
    ),
    taken(
        &["ansible", "ansible-playbook"],
        "",
        &["--vault-password"],
        Either,
        Whole,
    ),
    taken(
        &["s3cmd", "rclone", "mc"],
        "",
        &["--secret_key", "--secret-key"],
        Either,
        Whole,
    ),
    taken(&["psexec", "wmiexec"], "", &["-p"], Apart, Whole),
    taken(
        &["jenkins-cli", "jenkins-cli.jar"],
        "",
        &["-auth"],
        Apart,
        AfterColon,
    ),
    taken(
        &["sonar-scanner"],
        "",
        &["-Dsonar.login", "-Dsonar.token"],
        Either,
        Whole,
    ),
    taken(
        &["ngrok"],
        "",
        &["authtoken", "add-authtoken"],
        Apart,
        Whole,
    ),
    taken(
        &["tailscale"],
        "",
        &["--authkey", "--auth-key"],
        Either,
        Whole,
    ),
    taken(
        &["wpa_passphrase", "nmcli"],
        "",
        &["password", "wifi-sec.psk"],
        Apart,
        Whole,
    ),
    taken(
        &["restic", "borg", "duplicity", "rustic", "kopia"],
        "",
        &["--password"],
        Either,
        Whole,
    ),
    taken(
        &["aws"],
        "configure",
        &["aws_secret_access_key", "aws_session_token"],
        Apart,
        Whole,
    ),
    taken(
        &["npm", "yarn", "pnpm"],
        "",
        &[":_authToken", ":_password", "_auth"],
        Apart,
        Whole,
    ),
    taken(
        &[
            "heroku",
            "flyctl",
            "fly",
            "vercel",
            "netlify",
            "doppler",
            "sentry-cli",
            "railway",
            "wrangler",
        ],
        "",
        &["--token", "--auth-token", "--auth"],
        Either,
        Whole,
    ),
    taken(&["sops", "age"], "", &["--hc-vault-token"], Either, Whole),
    taken(
        &["nix", "nix-store", "nix-env", "nix-build"],
        "",
        &["--access-token"],
        Apart,
        Whole,
    ),
];

/// Programs of which an argument by its place is a secret: what has to stand before, or how that begins
/// if it ends in a full stop, how many words come
/// between, and which part is secret.
pub(super) const PLACED: &[(&[&str], &str, usize, Part)] = &[
    (&["rabbitmqctl"], "add_user", 1, Whole),
    (&["rabbitmqctl"], "change_password", 1, Whole),
    (&["rabbitmqctl"], "authenticate_user", 1, Whole),
    (&["mosquitto_passwd"], "-b", 2, Whole),
    (&["vault", "bao"], "login", 0, Whole),
    (&["ngrok"], "authtoken", 0, Whole),
    (&["snyk"], "auth", 0, Whole),
    (&["vault", "bao"], "unseal", 0, Whole),
    (&["mc"], "set", 3, Whole),
    (&["neo4j-admin"], "set-initial-password", 0, Whole),
    (&["composer"], "http-basic.", 1, Whole),
    (&["bundle"], "config", 1, AfterColon),
    (&["wpa_passphrase"], "", 1, Whole),
    (&["redis-cli", "valkey-cli"], "AUTH", 0, Whole),
    (&["redis-cli", "valkey-cli"], "auth", 0, Whole),
    (&["redis-cli", "valkey-cli"], "requirepass", 0, Whole),
    (
        &["grafana-cli", "grafana"],
        "reset-admin-password",
        0,
        Whole,
    ),
    (&["vncpasswd", "x11vnc"], "-passwd", 0, Whole),
    (&["vncpasswd", "x11vnc"], "-storepasswd", 0, Whole),
    (&["etcdctl"], "add", 0, AfterColon),
    (&["kadmin", "kadmin.local"], "-pw", 0, Whole),
    (&["kadmin", "kadmin.local"], "-w", 0, Whole),
];

/// Programs that read a secret from standard input, the word that says so (empty: they always do), and
/// which part of the input is secret.
pub(super) const READERS: &[(&[&str], &str, Part)] = &[
    (&["sudo", "su"], "-S", Whole),
    (&["sudo"], "--stdin", Whole),
    (&["chpasswd"], "", AfterColon),
    (&["passwd"], "--stdin", Whole),
    (&["passwd"], "", Whole),
    (
        &[
            "docker", "podman", "helm", "buildah", "skopeo", "nerdctl", "oras", "crane",
        ],
        "--password-stdin",
        Whole,
    ),
    (
        &["docker", "podman", "gh", "glab", "oras"],
        "--with-token",
        Whole,
    ),
    (&["glab"], "--stdin", Whole),
    (&["cryptsetup"], "", Whole),
    (&["kinit"], "", Whole),
    (&["gpg", "gpg2"], "--passphrase-fd", Whole),
    (&["htpasswd"], "-i", Whole),
    (&["smbpasswd"], "-s", Whole),
    (&["ssh-add"], "", Whole),
    (&["vault", "bao"], "login", Whole),
    (&["argocd"], "login", Whole),
    (&["openssl"], "stdin", Whole),
    (&["sshpass"], "-d0", Whole),
    (&["vncpasswd"], "-f", Whole),
    (&["gnome-keyring-daemon"], "--unlock", Whole),
    (&["wg"], "pubkey", Whole),
];

/// The lengths and the last bytes of the known programs that begin with a byte: one bit for each.
static SHAPES: [(u64, u128); 256] = {
    let mut shapes = [(0, 0); 256];
    let mut row = 0;
    while row < TAKEN.len() {
        add_shapes(&mut shapes, TAKEN[row].programs);
        row += 1;
    }
    row = 0;
    while row < PLACED.len() {
        add_shapes(&mut shapes, PLACED[row].0);
        row += 1;
    }
    row = 0;
    while row < READERS.len() {
        add_shapes(&mut shapes, READERS[row].0);
        row += 1;
    }
    shapes
};

const fn add_shapes(shapes: &mut [(u64, u128); 256], programs: &[&str]) {
    let mut index = 0;
    while index < programs.len() {
        let name = programs[index].as_bytes();
        let (lengths, ends) = &mut shapes[name[0] as usize];
        *lengths |= 1 << name.len();
        *ends |= 1 << name[name.len() - 1];
        index += 1;
    }
}

/// Whether some of the table is about a program.
pub(super) fn is_known(program: &str) -> bool {
    static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        let lists = TAKEN.iter().map(|row| row.programs);
        let lists = lists.chain(PLACED.iter().map(|row| row.0));
        let lists = lists.chain(READERS.iter().map(|row| row.0));
        lists.flatten().copied().collect()
    });
    let [first, .., last] = program.as_bytes() else {
        return KNOWN.contains(program);
    };
    // Most words look otherwise, which takes no hash to see.
    let (lengths, ends) = SHAPES[usize::from(*first)];
    let has_shape = program.len() < 64
        && lengths & (1 << program.len()) != 0
        && last.is_ascii()
        && ends & (1 << last) != 0;
    has_shape && KNOWN.contains(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What looks for programs in a text before it is read goes by these bytes.
    #[test]
    fn names_are_of_letters_and_what_joins_them() {
        let lists = TAKEN.iter().map(|row| row.programs);
        let lists = lists.chain(PLACED.iter().map(|row| row.0));
        let lists = lists.chain(READERS.iter().map(|row| row.0));
        for name in lists.flatten() {
            let is_one = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            assert!(name.bytes().all(is_one), "{name}");
            assert!(is_known(name), "{name}");
        }
    }
}
