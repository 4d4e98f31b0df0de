//! RADIUS against the real sign-in: over UDP and over TLS, with packets made here and with `radclient`, `radtest` and `radsecproxy`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop where it stands, and say what it skipped"
)]

mod dropped;
mod programs;
mod radsec;
mod settings;
mod sign_in;
mod vpn;
