//! The checks that are cargo commands.

use crate::report::Report;
use crate::shell::{cargo, run};
use crate::tools::has_cargo_tool;
use crate::{vendor, walls};

/// Format, walls between the crates, dependencies, warnings.
pub(crate) fn lint(report: &mut Report) {
    report.step("format", || run(cargo(["fmt", "--all", "--check"])));
    report.step("walls between the crates", walls::check);
    if has_cargo_tool("deny") {
        report.step("licences, bans and sources of dependencies", || {
            run(cargo(["deny", "--log-level", "error", "check", "licenses", "bans", "sources"]))
        });
    } else {
        report.skip("licences, bans and sources of dependencies", "cargo-deny is not installed");
    }
    report.step("warnings", || {
        vendor::fetch()?;
        run(cargo(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
    });
}

/// Every test of the workspace, and the examples in its documentation.
pub(crate) fn tests(report: &mut Report) {
    if has_cargo_tool("nextest") {
        // Whole nodes would get into each other's way: they are run below, one story after the other.
        let alone = "not (binary(faults) | binary(stories))";
        // One database server for all of them: making one takes seconds.
        let beside = ["run", "--quiet", "--package", "kinfold-temporary-postgres", "--", "cargo"];
        let args = ["nextest", "run", "--workspace", "--no-fail-fast", "-E", alone];
        report.step("tests", || run(cargo(beside.into_iter().chain(args))));
        for (target, what) in
            [("faults", "bad days of whole nodes"), ("stories", "stories in a browser")]
        {
            // Of the whole workspace, as above: for one package alone its dependencies would be built anew, with fewer features.
            let args = ["test", "--workspace", "--test", target];
            report.step(what, || run(cargo(args)));
        }
    } else {
        println!("cargo-nextest is not installed; `cargo test` takes its place");
        let args = ["test", "--workspace", "--all-targets", "--no-fail-fast"];
        report.step("tests", || run(cargo(args)));
    }
    report.step("examples in the documentation", || {
        run(cargo(["test", "--quiet", "--workspace", "--doc"]))
    });
}
