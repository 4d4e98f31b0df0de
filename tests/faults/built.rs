//! The demonstrations that every test gets a copy of one of.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
};

use kinfold_sample::{District, Seed, Size};

const PEOPLE: usize = 600;
const SEED: u64 = 7;

/// The demonstration.
pub(crate) struct Built {
    pub(crate) folder: PathBuf,
    pub(crate) base: u16,
    pub(crate) district: District,
    /// One test at a time: the agreement names its ports.
    pub(crate) turn: Mutex<()>,
}

impl Built {
    /// Builds it.
    pub(crate) fn new() -> Self {
        Self::of("faults-built", 20_000, &[])
    }

    /// Builds one with a second council.
    pub(crate) fn with_neighbour() -> Self {
        Self::of("faults-built-two", 28_000, &["--neighbour"])
    }

    fn of(name: &str, from: u16, more: &[&str]) -> Self {
        let folder = scratch(name);
        let _ = fs::remove_dir_all(&folder);
        let base = free_ports(from);
        let mut build = Command::new(env!("CARGO_BIN_EXE_kinfold"));
        build.args(["demo", "--build-only", "--people", &PEOPLE.to_string(), "--folder"]);
        build.arg(&folder).args(["--port", &base.to_string()]).args(more);
        let output = build.output().expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let ready = fs::read_to_string(folder.join("ready")).expect("a built demonstration");
        let day = ready.split_whitespace().nth(2).expect("its day").parse().expect("a day");
        let district = District::generate(Seed(SEED), Size { people_per_agency: PEOPLE }, day);
        Self { folder, base, district, turn: Mutex::new(()) }
    }
}

/// A folder of these tests.
pub(crate) fn scratch(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The first of eight free ports, of a thousand times eight from this one on.
fn free_ports(from: u16) -> u16 {
    let first = from + u16::try_from(std::process::id() % 500).unwrap_or(0) * 8;
    let free = |base: &u16| (0..8).all(|n| TcpListener::bind(("127.0.0.1", base + n)).is_ok());
    (first..from + 8_000).step_by(8).find(free).expect("eight free ports")
}

/// Copies a folder; long runs of nothing stay holes.
pub(crate) fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").args(["-a", "--sparse=always"]).args([from, to]).status();
    assert!(copied.expect("cp runs").success());
}
