//! A `PostgreSQL` server of the test's own: in a temporary folder, on a port of the system's choice, gone when dropped.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// The password of the user `postgres` over TCP; the socket trusts.
pub(crate) const PASSWORD: &str = "synthetic-password";

/// A running server.
pub(crate) struct TemporaryPostgres {
    programs: PathBuf,
    folder: TempDir,
    pub(crate) port: u16,
}

impl TemporaryPostgres {
    /// Starts one; the error says what is missing.
    pub(crate) fn start() -> Result<Self, String> {
        let programs = programs().ok_or("initdb is not installed (Debian: postgresql)")?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .map_err(|e| e.to_string())?
            .port();
        let server = Self { programs, folder, port };
        let password = server.folder.path().join("password");
        std::fs::write(&password, PASSWORD).map_err(|error| error.to_string())?;
        if is_root() {
            // The server refuses root, so its folder belongs to the system's postgres.
            run(Command::new("chown").args(["-R", "postgres"]).arg(server.folder.path()))?;
        }
        run(server
            .program("initdb")
            .args(["--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256"])
            .args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"])
            .arg(format!("--pwfile={}", password.display()))
            .arg("-D")
            .arg(server.data()))?;
        let options = format!("-p {port} -k {} -h 127.0.0.1 -F", server.folder.path().display());
        run(server
            .program("pg_ctl")
            .args(["start", "-w", "-s", "-o", &options])
            .arg("-l")
            .arg(server.folder.path().join("log"))
            .arg("-D")
            .arg(server.data()))?;
        Ok(server)
    }

    /// The folder of the socket, as clients take it for a host.
    pub(crate) fn socket(&self) -> String {
        self.folder.path().display().to_string()
    }

    /// Runs SQL.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let output = self
            .program("psql")
            .args([
                "-h",
                &self.socket(),
                "-p",
                &self.port.to_string(),
                "-U",
                "postgres",
                "-d",
                database,
            ])
            .args(["-v", "ON_ERROR_STOP=1", "-qAtc", sql])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(Path::new("/"));
        command
    }
}

impl Drop for TemporaryPostgres {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        let _ = run(stop.args(["stop", "-m", "immediate", "-s", "-D"]).arg(self.data()));
    }
}

/// Debian keeps the server's programs off the path.
fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.chain(std::env::split_paths(&path)).find(|folder| folder.join("initdb").is_file())
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn run(command: &mut Command) -> Result<(), String> {
    // A server that inherits the test's own output would keep it open.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{} ended with {status}", command.get_program().display())),
        Err(error) => Err(format!("{}: {error}", command.get_program().display())),
    }
}
