//! Starting other programs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Nothing, or a sentence for the person at the terminal.
pub(crate) type Outcome = Result<(), String>;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Whether a missing tool is a failure instead of something to skip.
pub(crate) fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true")
}

/// `program args…`, started in the repository's root.
pub(crate) fn command<S: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    args: impl IntoIterator<Item = S>,
) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    command
}

/// The cargo that runs this program, with the programs of [`crate::tools::folder`] on its path.
pub(crate) fn cargo<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = command(program, args);
    // These describe xtask itself and would mislead the build scripts of others.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name.as_ref());
        }
    }
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":");
    path.push(crate::tools::folder().join("bin"));
    command.env("PATH", path);
    command
}

/// Runs to the end with this terminal's output; an error names the command.
pub(crate) fn run(mut command: Command) -> Outcome {
    let name = describe(&command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{name}` failed ({status})")),
        Err(error) => Err(format!("`{name}` could not start: {error}")),
    }
}

/// Runs to the end and returns what it printed.
pub(crate) fn output(mut command: Command) -> Result<String, String> {
    let name = describe(&command);
    let output = command.output().map_err(|error| format!("`{name}`: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("`{name}` failed: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

/// Whether the program starts at all.
pub(crate) fn answers(program: &str, args: &[&str]) -> bool {
    command(program, args).output().is_ok_and(|output| output.status.success())
}

/// Whether a program of this name is on the path.
pub(crate) fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Gives this process over to the command; returns only when that fails.
#[cfg(unix)]
pub(crate) fn become_program(mut command: Command) -> Outcome {
    use std::os::unix::process::CommandExt;

    let name = describe(&command);
    Err(format!("`{name}` could not start: {}", command.exec()))
}

/// Runs the command as a child, where processes cannot be replaced.
#[cfg(not(unix))]
pub(crate) fn become_program(command: Command) -> Outcome {
    run(command)
}

fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
