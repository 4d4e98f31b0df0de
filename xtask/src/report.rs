//! What was run, what was skipped and why, and the closing line that CI reads.

use std::process::ExitCode;
use std::time::Instant;

use crate::shell::{Outcome, in_ci};

/// The checks so far. Every one is carried out, so that one run tells all that is wrong.
#[derive(Default)]
pub(crate) struct Report {
    passed: usize,
    failed: Vec<String>,
    skipped: Vec<String>,
}

impl Report {
    /// Carries out one check.
    pub(crate) fn step(&mut self, name: &str, check: impl FnOnce() -> Outcome) {
        println!("\n── {name}");
        let start = Instant::now();
        match check() {
            Ok(()) => {
                self.passed += 1;
                println!("── {name}: passed in {} s", start.elapsed().as_secs());
            }
            Err(message) => {
                println!("── {name}: FAILED: {message}");
                self.failed.push(format!("{name}: {message}"));
            }
        }
    }

    /// Says that a check could not be carried out. In CI that is a failure.
    pub(crate) fn skip(&mut self, name: &str, reason: &str) {
        println!("\nskipped: {name}: {reason}");
        if in_ci() {
            self.failed.push(format!("{name}: skipped, which CI does not allow: {reason}"));
        } else {
            self.skipped.push(format!("{name}: {reason}"));
        }
    }

    /// Prints what failed and what was skipped, and counts.
    pub(crate) fn close(self) -> ExitCode {
        println!();
        for line in &self.skipped {
            println!("skipped: {line}");
        }
        for line in &self.failed {
            println!("failed: {line}");
        }
        let (passed, failed, skipped) = (self.passed, self.failed.len(), self.skipped.len());
        println!("checks: {passed} passed, {failed} failed, {skipped} skipped");
        if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
