//! Mapping files of an agency's database, with the codes, formats and statements in them.
//!
//! The connector's own modules, without its databases, which would only slow the fuzzer's build.
#![no_main]
#![allow(dead_code, reason = "the connector uses all of it")]

#[path = "../../../crates/connect/src/sql/field.rs"]
mod field;
#[path = "../../../crates/connect/src/sql/formats.rs"]
mod formats;
#[path = "../../../crates/connect/src/sql/mapping.rs"]
mod mapping;
#[path = "../../../crates/connect/src/problems.rs"]
mod problems;
#[path = "../../../crates/connect/src/sql/shape.rs"]
mod shape;
#[path = "../../../crates/connect/src/sql/statement.rs"]
mod statement;

use libfuzzer_sys::fuzz_target;
use mapping::Mapping;
use problems::Unusable;

fuzz_target!(|text: &str| {
    if let Err(Unusable { problems, .. }) = Mapping::parse(text, "mapping.toml") {
        assert!(!problems.is_empty(), "a refusal gives its reasons");
        let placed = |problem: &String| problem.starts_with("mapping.toml: ");
        assert!(problems.iter().all(placed), "each problem names its file");
    }
});
