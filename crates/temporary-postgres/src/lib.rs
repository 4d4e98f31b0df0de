//! For tests: a `PostgreSQL` server in a temporary folder, on a port of the system's choice, gone when dropped.
//!
//! The program of the same name runs a command beside one server that all its tests share: making a server takes seconds, a database in it
//! a moment.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// The password of the user `postgres` over TCP; the socket trusts.
pub const PASSWORD: &str = "synthetic-password";

/// What a shared server is found by in the environment: its socket's folder, a blank, its port.
pub const SHARED: &str = "KINFOLD_TEST_POSTGRES";

/// A running server.
#[derive(Debug)]
pub struct TemporaryPostgres {
    programs: PathBuf,
    place: Place,
    /// Its port, of the socket and on 127.0.0.1.
    pub port: u16,
}

#[derive(Debug)]
enum Place {
    Own(TempDir),
    Shared(PathBuf),
}

impl TemporaryPostgres {
    /// Starts one; the error says what is missing.
    pub fn start() -> Result<Self, String> {
        let programs = programs().ok_or("initdb is not installed (Debian: postgresql)")?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .map_err(|e| e.to_string())?
            .port();
        let server = Self { programs, place: Place::Own(folder), port };
        server.make()?;
        server.run()?;
        Ok(server)
    }

    /// The one that the tests share if there is one, otherwise one of its own.
    pub fn shared() -> Result<Self, String> {
        let Ok(shared) = std::env::var(SHARED) else { return Self::start() };
        let programs = programs().ok_or("initdb is not installed (Debian: postgresql)")?;
        let (folder, port) = shared.split_once(' ').ok_or("no folder and port")?;
        let port = port.parse().map_err(|_| "no port")?;
        Ok(Self { programs, place: Place::Shared(folder.into()), port })
    }

    /// What [`shared`](Self::shared) finds it by.
    pub fn told(&self) -> String {
        format!("{} {}", self.socket(), self.port)
    }

    fn make(&self) -> Result<(), String> {
        let password = self.folder().join("password");
        std::fs::write(&password, PASSWORD).map_err(|error| error.to_string())?;
        if is_root() {
            // The server refuses root, so its folder belongs to the system's postgres.
            run(Command::new("chown").args(["-R", "postgres"]).arg(self.folder()))?;
        }
        run(self
            .program("initdb")
            .args(["--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256"])
            .args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"])
            .arg(format!("--pwfile={}", password.display()))
            .arg("-D")
            .arg(self.data()))
    }

    /// Starts what was stopped.
    pub fn run(&self) -> Result<(), String> {
        let folder = self.folder().display();
        let options = format!("-p {} -k {folder} -h 127.0.0.1 -N 200", self.port);
        run(self
            .program("pg_ctl")
            .args(["start", "-w", "-s", "-o", &options])
            .arg("-l")
            .arg(self.folder().join("log"))
            .arg("-D")
            .arg(self.data()))
    }

    /// Stops it as a fall of the power would.
    pub fn stop(&self) -> Result<(), String> {
        run(self.program("pg_ctl").args(["stop", "-m", "immediate", "-s", "-D"]).arg(self.data()))
    }

    /// The folder of the socket, as clients take it for a host.
    pub fn socket(&self) -> String {
        self.folder().display().to_string()
    }

    /// The folder of its files, which whoever runs it may read.
    pub fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    fn folder(&self) -> &Path {
        match &self.place {
            Place::Own(folder) => folder.path(),
            Place::Shared(folder) => folder,
        }
    }

    /// Runs SQL; what it answers, one row a line.
    ///
    /// # Panics
    ///
    /// If it fails.
    #[expect(clippy::expect_used, reason = "a test ends there")]
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let (socket, port) = (self.socket(), self.port.to_string());
        let mut psql = self.program("psql");
        psql.args(["-h", &socket, "-p", &port, "-U", "postgres", "-d", database]);
        let output =
            psql.args(["-v", "ON_ERROR_STOP=1", "-qAtc", sql]).output().expect("psql runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
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
        if matches!(self.place, Place::Own(_)) {
            // It may have been stopped by its test.
            let _ = self.stop();
        }
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
