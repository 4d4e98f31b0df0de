//! The fault proof: a council's node and a hospital's in one process, with only time, chance and the network simulated.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a story that can't be told has failed"
)]

mod after;
mod case_system;
mod chance;
mod children;
mod clock;
mod durable;
mod happened;
mod hospital;
mod host;
mod life;
mod medium;
mod network;
mod people;
mod runner;
mod shown;
mod story;
mod tasks;
mod visits;
mod world;

#[test]
fn whatever_fails_the_end_is_complete_with_nothing_twice_and_nothing_lost() {
    runner::run();
}

#[test]
fn the_same_seed_tells_the_same_story() {
    for seed in 0..4 {
        assert_eq!(story::tell(seed, true), story::tell(seed, true));
    }
}
