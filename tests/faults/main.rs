//! Bad days: whole processes that are killed, filled up, set to another time, revoked, fed garbage. Each test is named as
//! the promise that a node keeps then. Each works on a copy of one demonstration built for all, or
//! of one with a second council; one test at a time on each.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a broken expectation is how a test tells that a promise was not kept"
)]

mod agreement;
mod arrivals;
mod arrivals_away;
mod browser;
mod built;
mod certificates;
mod clocks;
mod council_away;
mod crash;
mod database_server;
mod edge;
mod extracts;
mod folder;
mod handing_over;
mod keys;
mod ledger_full;
mod logs;
mod notifications;
mod proxy;
mod radius;
mod security_module;
mod source;
mod source_check;
mod stage;
mod time_service;
mod vanished;
